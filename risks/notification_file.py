"""The notification of a breach in the order of the EDPB's template: one content for page, download and pack."""

from collections.abc import Iterable, Mapping
from typing import Any

from compliance.periods import in_words
from compliance.projects.models import Organisation
from compliance.ui.templatetags.ui import moment
from risks.models import Breach, RegulatoryClock

Part = tuple[str, list[tuple[str, str]]]
UNKNOWN = "not known yet"


def notification_file(breach: Breach, organisation: Organisation, clocks: Iterable[RegulatoryClock]) -> list[Part]:
    """Headings with their lines of label and text; what is not known says so (Art. 33(3), (4))."""
    known = {clock.stage: clock for clock in clocks}
    first = known.get("gdpr-33") or known.get("gdpr-33-2")
    return [
        ("1 Notification", _notification(breach, first)),
        ("2 Controller and contacts", _contacts(breach, organisation)),
        ("3 Timeline", _timeline(breach, first)),
        ("4 Nature of the breach", _nature(breach)),
        ("5 Personal data", _data(breach)),
        ("6 People concerned", _people(breach)),
        (
            "7 Measures in place before",
            _lines({"State of the data": breach.get_intelligible_display(), "Measures": breach.protection}),
        ),
        ("8 Likely consequences", _consequences(breach)),
        (
            "9 Measures taken and proposed",
            _lines({"Measures": breach.measures, "Part of the DPO": breach.dpo_involved}),
        ),
        ("10 Communication to the people", _communication(breach)),
        (
            "11 Cross-border matters",
            _lines(
                {"People in several Member States": _yes(breach.cross_border), "Lead authority": breach.authority_name}
            ),
        ),
    ]


def as_text(breach: Breach, parts: Iterable[Part]) -> str:
    """The same as plain text, to be pasted into an authority's form."""
    lines = [f"{breach.reference} {breach.title}", ""]
    for heading, facts in parts:
        lines += [heading, *(f"  {label}: {text}" for label, text in facts), ""]
    return "\n".join(lines)


def _notification(breach: Breach, clock: RegulatoryClock | None) -> list[tuple[str, str]]:
    kind = {"complete": "Complete notification", "initial": "Initial notification, to be completed"}
    return _lines(
        {
            "Kind": kind.get(breach.authority, "Draft of an initial notification"),
            "Reference": breach.reference,
            "Authority": breach.authority_name,
            "Number at the authority": clock.submission if clock else "",
            "Submitted": moment(clock.ended_at)
            if clock and clock.ended_at and clock.outcome == "submitted"
            else "not yet",
        }
    )


def _contacts(breach: Breach, organisation: Organisation) -> list[tuple[str, str]]:
    name = organisation.legal_name or organisation.name
    return _lines(
        {
            "Our role": breach.get_role_display(),
            "Name": name,
            "Address": ", ".join(part for part in (organisation.address, organisation.country) if part),
            "Data protection officer": organisation.dpo_name,
            "Contact": organisation.dpo_contact or organisation.contact_email,
        }
    )


def _timeline(breach: Breach, clock: RegulatoryClock | None) -> list[tuple[str, str]]:
    facts = {
        "Began": moment(breach.occurred_from) if breach.occurred_from else "",
        "Ended": moment(breach.occurred_to) if breach.occurred_to else "",
        "Noticed": f"{moment(breach.incident.detected_at)}, by {breach.incident.get_source_display().lower()}",
        "Aware": moment(breach.aware_at),
        "Why certain then": breach.aware_reason,
    }
    if clock and clock.took is not None:
        facts["Notified after"] = in_words(clock.took)
    if clock and clock.late_reason:
        facts["Reasons for the delay"] = clock.late_reason
    return _lines(facts)


def _nature(breach: Breach) -> list[tuple[str, str]]:
    return _lines(
        {"Lost": ", ".join(breach.nature).capitalize(), "How it came about": breach.cause or breach.incident.cause}
    )


def _data(breach: Breach) -> list[tuple[str, str]]:
    return _lines(
        {
            "Kinds of data": ", ".join(breach.data),
            "Special categories or criminal matters": _yes(breach.special_categories),
            "Number of records": _number(breach.records_count),
        }
    )


def _people(breach: Breach) -> list[tuple[str, str]]:
    return _lines(
        {
            "Groups": ", ".join(breach.subjects),
            "Children among them": _yes(breach.children),
            "Number of people": _number(breach.subjects_count),
        }
    )


def _before(breach: Breach) -> list[tuple[str, str]]:
    return _lines({"State of the data": breach.get_intelligible_display(), "Measures": breach.protection})


def _abroad(breach: Breach) -> list[tuple[str, str]]:
    spread = {"People in several Member States": _yes(breach.cross_border)}
    return _lines({**spread, "Lead authority": breach.authority_name} if breach.cross_border else spread)


def _consequences(breach: Breach) -> list[tuple[str, str]]:
    facts = {"Consequences": breach.consequences, "Risk to people": breach.get_risk_display() or "not decided yet"}
    if breach.risk_reason:
        facts["Why"] = breach.risk_reason
    if (made := breach.enisa) is not None:
        facts["ENISA severity, as an aid"] = f"{made}, {made.level.replace('_', ' ')}"
    return _lines(facts)


def _communication(breach: Breach) -> list[tuple[str, str]]:
    facts = {"Decision": breach.get_people_display()}
    if breach.exemption:
        facts["Ground of Art. 34(3)"] = breach.get_exemption_display()
    if breach.people_reason:
        facts["Why"] = breach.people_reason
    if breach.informed_at:
        facts |= {
            "Told": moment(breach.informed_at),
            "How": breach.message_channel,
            "How many": _number(breach.informed_count),
        }
    return _lines({**facts, "Message": breach.message} if breach.message else facts)


def _lines(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(label, str(text).strip() or UNKNOWN) for label, text in facts.items()]


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _number(value: int | None) -> str:
    return UNKNOWN if value is None else f"{value:,}".replace(",", "\u202f")
