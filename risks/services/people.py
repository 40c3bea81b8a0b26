"""The risk to people: judged from the data, commented by the officer, never simply retained when grave."""

from collections.abc import Sequence

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed
from controls.services.moves import now
from dataflows import vocabulary
from dataflows.models import DataFlow
from risks.models import Risk
from risks.models.people import EVENTS, HARMS, Opinion, PeopleRisk
from risks.scales import people_level
from risks.screening import PERSONAL
from risks.services.breach import need_officer

GRAVE = {"high", "very_high"}


def assess_people(
    *,
    risk: Risk,
    severity: int | None,
    likelihood: int | None,
    rationale: str,
    by: User,
    reason: str = "",
    event: str = "",
    origin: str = "",
    groups: Sequence[str] = (),
    harms: Sequence[str] = (),
    residual_severity: int | None = None,
    residual_likelihood: int | None = None,
) -> Risk:
    """Judge the harm to the people concerned, 1 to 4 each; both None takes the judgement away. Needs a rationale.

    An opinion of the data protection officer was about the former judgement and goes with it.
    """
    if risk.is_closed:
        raise Refused(f"{risk.reference} is closed: reopen it first.")
    _check_scale(severity, likelihood, "for people")
    _check_scale(residual_severity, residual_likelihood, "for people after treatment")
    _check_words(event, origin, groups, harms)
    if severity is not None and not rationale.strip():
        raise Refused("Rationale: say why the harm to people is judged so.")
    levels = {people_level(severity, likelihood), people_level(residual_severity, residual_likelihood)}
    if levels & GRAVE and risk.treatments.filter(option="retain").exists():
        raise Refused("A high risk to people cannot be retained: take back the option to retain it first.")
    before = (risk.privacy_level, risk.privacy_residual_level)
    with change(by=by, reason=reason or rationale.strip()):
        risk.privacy_severity, risk.privacy_likelihood, risk.privacy_rationale = severity, likelihood, rationale.strip()
        risk.privacy_residual_severity, risk.privacy_residual_likelihood = residual_severity, residual_likelihood
        risk.privacy_event, risk.privacy_origin = event, origin
        risk.privacy_groups, risk.privacy_harms = list(groups), list(harms)
        if (risk.privacy_level, risk.privacy_residual_level) != before:
            risk.privacy_opinion, risk.privacy_opinion_words, risk.privacy_deviation = "", "", ""
            risk.privacy_opinion_by, risk.privacy_opinion_at = None, None
        risk.save()
    return risk


@governed("Say why, in words the owner can act on")
def opine(*, risk: Risk, opinion: str, by: User, reason: str) -> Risk:
    """Give the data protection officer's opinion on a judgement."""
    need_officer(by, risk.scope)
    if not risk.privacy_level:
        raise Refused(f"The risk to people of {risk.reference} is not judged yet: there is nothing to comment.")
    if opinion not in Opinion.values:
        raise Refused(f"Opinion {opinion!r} is unknown: choose agrees, conditions or objects.")
    with change(by=by, reason=reason):
        risk.privacy_opinion, risk.privacy_opinion_words = opinion, reason.strip()
        risk.privacy_opinion_by, risk.privacy_opinion_at, risk.privacy_deviation = by, now(), ""
        risk.save()
    return risk


@governed("Say why the opinion is not followed")
def deviate(*, risk: Risk, by: User, reason: str) -> Risk:
    """Write down why an objection or a condition is not followed: nobody overrules the officer in silence."""
    if risk.privacy_opinion in {"", Opinion.AGREES}:
        raise Refused(f"The data protection officer objects to nothing of {risk.reference}.")
    if by.pk == risk.privacy_opinion_by_id:
        raise Refused("You gave this opinion: somebody else answers for not following it.")
    with change(by=by, reason=reason):
        risk.privacy_deviation = reason.strip()
        risk.save()
    return risk


def need_followed(risk: Risk) -> None:
    """Refuse to live with a risk to people the officer objects to, as long as nobody has written down why."""
    if risk.privacy_opinion == Opinion.OBJECTS and not risk.privacy_deviation:
        raise Refused(
            f"The data protection officer objects to {risk.reference}: change it, or write down why it is not followed."
        )


def proposed_severity(risk: Risk) -> tuple[int, str] | None:
    """Where the severity starts from: the data of the flows the risk touches and the people in them, with why."""
    keys = [link.flow_id for link in risk.links.all() if link.flow_id]
    flows = list(DataFlow.objects.complete().filter(pk__in=keys)) if keys else []
    if not flows:
        return None
    items = {item for flow in flows for item in flow.data}
    special = sorted(item.name for item in items if item.is_special)
    telling = sorted(item.name for item in items if item.category in PERSONAL)
    minors = any(vocabulary.is_minor(flow.subject_categories) for flow in flows)
    if special and minors:
        return 4, f"special categories ({', '.join(special)}) of children."
    if special:
        return 3, f"special categories ({', '.join(special)})."
    if minors:
        return 3, "children are among the people."
    if telling:
        return 3, f"highly personal data ({', '.join(telling)})."
    return 2, "ordinary personal data of adults."


def _check_scale(severity: int | None, likelihood: int | None, where: str) -> None:
    for name, value in (("Severity", severity), ("Likelihood", likelihood)):
        if value is not None and value not in (1, 2, 3, 4):
            raise Refused(f"{name} {where} {value} is outside the scale: choose 1 to 4.")
    if (severity is None) != (likelihood is None):
        raise Refused(f"Give both severity and likelihood {where}, or neither.")


def _check_words(event: str, origin: str, groups: Sequence[str], harms: Sequence[str]) -> None:
    if event and event not in EVENTS:
        raise Refused("What they have to fear: choose from the list.")
    if origin and origin not in PeopleRisk.Origin.values:
        raise Refused("Where it comes from: choose from the list.")
    if set(groups) - set(vocabulary.subjects()):
        raise Refused("People concerned: choose from the list.")
    if set(harms) - {code for code, _ in HARMS}:
        raise Refused("Harm: choose from the list.")
