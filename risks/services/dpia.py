"""Impact assessments: screened, written, judged by the officer, decided by somebody else, looked at again."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from compliance.accounts.models import User
from compliance.approvals.snapshot import snapshot
from compliance.ledger import Refused, change, governed, need_reason
from compliance.projects.models import Organisation, Project
from compliance.registers.linkable import Target, linkables
from compliance.tasks.services import add_task
from controls.addresses import split
from controls.services.moves import YourOwnWork, check_move, now
from dataflows.models import ProcessingActivity
from risks.models import (
    DPIA_IN_FORCE,
    DPIA_MOVES,
    DPIA_WRITTEN,
    DpiaDecision,
    DpiaOpinion,
    DpiaState,
    ImpactAssessment,
    Risk,
)
from risks.screening import QUESTIONS, description, outcome, prefilled
from risks.services.breach import need_officer
from risks.services.clock import start_clock, submit
from risks.services.dpia_standing import tell_records
from risks.services.incident import Incomplete, link_case
from risks.services.treatment import GRAVE_FOR_PEOPLE

Scope = Organisation | Project
State = DpiaState
# fmt: off
SECTIONS = (
    "team", "standards", "purposes", "context", "lifecycle", "means", "legal_basis", "minimisation", "retention",
    "quality", "rights", "by_design", "security", "necessity", "proportionality", "action_plan", "views",
    "views_not_sought",
)
# fmt: on
YEAR = timedelta(days=365)


def screen(
    *, scope: Scope, title: str, activities: list[ProcessingActivity], by: User, reason: str = ""
) -> ImpactAssessment:
    """Begin with the question whether an assessment is required; it is kept whatever the answer."""
    organisation, project = split(scope)
    with change(by=by, reason=reason or "Screening begins"):
        made = ImpactAssessment(
            organisation=organisation, project=project, title=title, author=by, threshold=organisation.dpia_threshold
        )
        made.save()
        for activity in activities:
            target = Target(activity.pk, activity.reference, activity.name, "")
            link_case(case=made, kind=linkables["activity"], target=target, by=by)
    return made


def answer_screening(
    *, assessment: ImpactAssessment, answers: Mapping[str, Mapping[str, Any]], by: User, reason: str = ""
) -> ImpactAssessment:
    """Answer the questions: for each key `hit` and `why`; a yes needs its why."""
    _need(assessment, State.SCREENING)
    if unknown := set(answers) - set(QUESTIONS):
        raise Refused(f"{', '.join(sorted(unknown))}: no question of the screening.")
    for key, answer in answers.items():
        if answer.get("hit") and not str(answer.get("why", "")).strip():
            raise Refused(f"{QUESTIONS[key]}: say why it is so.")
    with change(by=by, reason=reason):
        assessment.screening = {
            key: {"hit": bool(answer.get("hit")), "why": str(answer.get("why", "")).strip()}
            for key, answer in answers.items()
        }
        assessment.threshold = assessment.organisation.dpia_threshold
        assessment.save()
    return assessment


@governed("Say why it is required")
def require(*, assessment: ImpactAssessment, by: User, reason: str) -> ImpactAssessment:
    """Find that an assessment is required; always possible."""
    return _move(assessment, State.REQUIRED, by, reason, screening_reason=reason.strip())


@governed("Say why no assessment is required")
def spare(*, assessment: ImpactAssessment, by: User, reason: str) -> ImpactAssessment:
    """Find that none is required: by the data protection officer, never against a case or the threshold."""
    need_officer(by, assessment.scope)
    if by.pk == assessment.author_id:
        raise YourOwnWork("You began this screening: somebody else confirms it.")
    if set(assessment.screening) != set(QUESTIONS):
        raise Incomplete(f"{assessment.reference} still needs an answer to every question of the screening.")
    if outcome(assessment.hits, assessment.threshold) == "required":
        raise Refused("By its answers an assessment is required: change an answer that is wrong, or begin it.")
    return _move(assessment, State.NOT_REQUIRED, by, reason, screening_reason=reason.strip())


@governed("Say why it is screened again")
def screen_again(*, assessment: ImpactAssessment, by: User, reason: str) -> ImpactAssessment:
    """Take a screening up again that found none required."""
    return _move(assessment, State.SCREENING, by, reason)


def begin(*, assessment: ImpactAssessment, by: User, reason: str = "") -> ImpactAssessment:
    """Begin to write: the processing is frozen as of now and fills the empty parts of the description."""
    check_move(assessment, State.DRAFT, DPIA_MOVES, State)
    return freeze(assessment=assessment, by=by, reason=reason or "Writing begins", to=State.DRAFT)


def freeze(*, assessment: ImpactAssessment, by: User, reason: str = "", to: str = "") -> ImpactAssessment:
    """Describe the processing as it is now; parts already written stay."""
    rows = activities_of(assessment)
    if not rows:
        raise Incomplete(f"{assessment.reference} still needs a record of processing it is about: link one.")
    if not to and assessment.state not in DPIA_WRITTEN:
        raise Refused(f"{assessment.reference} is {assessment.get_state_display().lower()}: it is not written now.")
    written = snapshot(description(rows))
    with change(by=by, reason=reason or "Processing described anew"):
        assessment.frozen_at, assessment.snapshot = now(), written.text
        assessment.snapshot_sha256 = written.sha256
        for name, text in prefilled(rows).items():
            if not getattr(assessment, name).strip():
                setattr(assessment, name, text)
        assessment.state = to or assessment.state
        assessment.save()
        tell_records(assessment=assessment, by=by, reason=assessment.get_state_display().lower())
    return assessment


def write(*, assessment: ImpactAssessment, by: User, reason: str = "", **parts: str) -> ImpactAssessment:
    """Write parts of the assessment."""
    if assessment.state not in DPIA_WRITTEN:
        raise Refused(f"{assessment.reference} is {assessment.get_state_display().lower()}: it is not written now.")
    if unknown := set(parts) - {*SECTIONS, "title"}:
        raise Refused(f"{', '.join(sorted(unknown))}: not changed this way.")
    with change(by=by, reason=reason):
        for name, text in parts.items():
            setattr(assessment, name, text.strip())
        assessment.save()
    return assessment


def ask_opinion(*, assessment: ImpactAssessment, by: User, reason: str = "") -> ImpactAssessment:
    """Put it before the data protection officer, once what Art. 35(7) asks for is there."""
    check_move(assessment, State.DPO_OPINION, DPIA_MOVES, State)
    if lacks := _lacking(assessment):
        raise Incomplete(f"{assessment.reference} still needs {' and '.join(lacks)}.")
    return _move(assessment, State.DPO_OPINION, by, reason or "Put before the data protection officer")


@governed("Say why, in words the decision can rest on")
def give_opinion(*, assessment: ImpactAssessment, opinion: str, by: User, reason: str) -> ImpactAssessment:
    """Advise as data protection officer (Art. 35(2)), never on what one wrote oneself."""
    _need(assessment, State.DPO_OPINION)
    need_officer(by, assessment.scope)
    if by.pk == assessment.author_id:
        raise YourOwnWork("You wrote this assessment: somebody else advises on it.")
    if opinion not in DpiaOpinion.values:
        raise Refused(f"Opinion {opinion!r} is unknown.")
    facts = {"opinion": opinion, "opinion_words": reason.strip(), "opinion_by": by, "opinion_at": now()}
    return _move(assessment, State.DECISION, by, reason, **facts)


@governed("Say what has to change")
def send_back(*, assessment: ImpactAssessment, by: User, reason: str) -> ImpactAssessment:
    """Give it back to be revised: by the officer before the opinion, or by who decides."""
    return _move(assessment, State.REVISION, by, reason)


@governed("Say why it is decided so")
def decide_assessment(
    *,
    assessment: ImpactAssessment,
    decision: str,
    by: User,
    reason: str,
    deviation: str = "",
    review_date: date | None = None,
) -> ImpactAssessment:
    """Decide for the controller; never by who wrote it or advised. A grave residual risk to people is not approved."""
    _need(assessment, State.DECISION)
    if decision not in DpiaDecision.values:
        raise Refused(f"Decision {decision!r} is unknown.")
    if by.pk in {assessment.author_id, assessment.opinion_by_id}:
        raise YourOwnWork("You wrote this assessment or advised on it: somebody else decides.")
    if _deviates(assessment.opinion, decision) and not deviation.strip():
        raise Refused("This is not what the data protection officer advised: write down why (Art. 35(2)).")
    approving = decision in {DpiaDecision.APPROVED, DpiaDecision.CONDITIONS}
    grave = [risk.reference for risk in risks_of(assessment) if left_level(risk) in GRAVE_FOR_PEOPLE]
    if approving and grave and not assessment.authority_answer:
        raise Refused(
            f"The risk to people stays high ({', '.join(grave)}): reduce it, stop the processing, "
            "or consult the authority first (Art. 36(1))."
        )
    to = {
        DpiaDecision.REJECTED: State.REJECTED,
        DpiaDecision.CONSULTATION: State.CONSULTATION,
    }.get(DpiaDecision(decision), State.IN_FORCE)
    facts: dict[str, Any] = {
        "decision": decision,
        "decision_reason": reason.strip(),
        "deviation": deviation.strip(),
        "decided_by": by,
        "decided_at": now(),
    }
    if approving:
        facts["review_date"] = review_date or now().date() + YEAR
    with change(by=by, reason=reason):
        _move(assessment, to, by, reason, **facts)
        if approving and assessment.previous and assessment.previous.state in DPIA_IN_FORCE:
            _move(assessment.previous, State.SUPERSEDED, by, f"{assessment.reference} takes its place")
    return assessment


def add_condition(*, assessment: ImpactAssessment, title: str, assignee: User, due_date: date, by: User) -> Any:
    """Make a condition of the decision a task; the page counts those open."""
    if assessment.state not in DPIA_IN_FORCE | {State.DECISION}:
        raise Refused(f"{assessment.reference} is {assessment.get_state_display().lower()}: it has no conditions now.")
    return add_task(
        scope=assessment.scope,
        title=title,
        assignee=assignee,
        due_date=due_date,
        by=by,
        reason=f"Condition of {assessment.reference}",
        source_url=assessment.get_absolute_url(),
    )


def consult(*, assessment: ImpactAssessment, received_at: datetime, by: User, reason: str = "") -> Any:
    """Record that the authority received the request: eight weeks run (Art. 36(2))."""
    _need(assessment, State.CONSULTATION)
    return start_clock(case=assessment, stage="gdpr-36", by=by, at=received_at, reason=reason)


@governed("Say what the authority wrote about the extension")
def extend_consultation(*, assessment: ImpactAssessment, by: User, reason: str) -> Any:
    """Record that the authority took six weeks more; its eight weeks end in the fourteen."""
    _need(assessment, State.CONSULTATION)
    first = assessment.clocks.running().filter(stage="gdpr-36").first()
    if first is None:
        raise Refused("No consultation runs: record first when the authority received the request.")
    with change(by=by, reason=reason):
        same: dict[str, Any] = {"at": first.began_at, "held_days": first.held_days}
        longer = start_clock(case=assessment, stage="gdpr-36-extended", by=by, reason=reason, **same)
        if first.held_since:
            longer.held_since = first.held_since
            longer.save()
        first.outcome, first.ended_at, first.ended_by, first.note = "not_owed", now(), by, reason.strip()
        first.held_since = None
        first.save()
    return longer


@governed("Say what the authority answered")
def hear_authority(*, assessment: ImpactAssessment, at: datetime, by: User, reason: str) -> ImpactAssessment:
    """Record the authority's answer; the decision is open again. Silence within the period is an answer, too."""
    _need(assessment, State.CONSULTATION)
    with change(by=by, reason=reason):
        for clock in assessment.clocks.running():
            late = "The authority answered later." if clock.due_at and at > clock.due_at else ""
            submit(clock=clock, at=at, by=by, note="Answer of the authority", late_reason=late)
        _move(assessment, State.DECISION, by, reason, authority_answer=reason.strip())
    return assessment


def mark_review(*, assessment: ImpactAssessment, by: User | str, reason: str) -> ImpactAssessment:
    """Say that it has to be looked at again (Art. 35(11)); one already so stays so."""
    if assessment.state == State.IN_FORCE:
        _move(assessment, State.REVIEW_DUE, by, reason, review_reason=reason.strip())
    return assessment


@governed("Say what was looked at, and why it still fits")
def review_assessment(*, assessment: ImpactAssessment, by: User, reason: str) -> ImpactAssessment:
    """Say that it still fits; not while the processing is another than the one it describes."""
    _need(assessment, State.REVIEW_DUE)
    if outdated(assessment):
        raise Refused("The processing changed since it was described: write a new version.")
    return _move(assessment, State.IN_FORCE, by, reason, review_reason="", review_date=now().date() + YEAR)


def revise(*, assessment: ImpactAssessment, by: User, reason: str = "") -> ImpactAssessment:
    """Write a new version of one in force; the old one counts until the new is decided."""
    if assessment.state not in DPIA_IN_FORCE:
        raise Refused(f"{assessment.reference} is {assessment.get_state_display().lower()}: it has no newer version.")
    if open_one := assessment.next.exclude(state=State.REJECTED).first():
        raise Refused(f"{open_one.reference} is its next version already.")
    with change(by=by, reason=reason or f"New version of {assessment.reference}"):
        made = ImpactAssessment(
            organisation=assessment.organisation,
            project=assessment.project,
            title=assessment.title,
            author=by,
            previous=assessment,
            number=assessment.number + 1,
            state=State.REQUIRED,
            screening=assessment.screening,
            threshold=assessment.threshold,
            screening_reason=assessment.screening_reason,
            **{name: getattr(assessment, name) for name in SECTIONS},
        )
        made.save()
        for link in assessment.links.all():
            target = Target(link.target_id, link.target_reference, "", "")
            link_case(case=made, kind=linkables[link.target], target=target, by=by)
        begin(assessment=made, by=by, reason=reason)
    return made


def activities_of(assessment: ImpactAssessment) -> list[ProcessingActivity]:
    """The records it is about, complete."""
    keys = assessment.links.filter(target="activity").values("target_id")
    return list(ProcessingActivity.objects.complete().filter(pk__in=keys, organisation=assessment.organisation_id))


def risks_of(assessment: ImpactAssessment) -> list[Risk]:
    """The risks to people it judges."""
    keys = assessment.links.filter(target="risk").values("target_id")
    rows = Risk.objects.filter(pk__in=keys, organisation=assessment.organisation_id).order_by("reference")
    return list(rows.select_related("project", "organisation"))


def left_level(risk: Risk) -> str:
    """What is left for people after treatment, or as it is now."""
    return risk.privacy_residual_level or risk.privacy_level


def outdated(assessment: ImpactAssessment) -> bool:
    """Whether the processing is another than the one described; computed, never stored."""
    return (
        bool(assessment.snapshot)
        and snapshot(description(activities_of(assessment))).sha256 != assessment.snapshot_sha256
    )


def _lacking(assessment: ImpactAssessment) -> list[str]:
    risks = risks_of(assessment)
    return [
        word
        for word, is_so in (
            ("its purposes (Art. 35(7)(a))", not assessment.purposes.strip()),
            ("the necessity", not assessment.necessity.strip()),
            ("the proportionality (Art. 35(7)(b))", not assessment.proportionality.strip()),
            ("a linked risk (Art. 35(7)(c))", not risks),
            ("the level for people of every linked risk", any(not risk.privacy_level for risk in risks)),
            (
                "the views of the people, or why they were not sought (Art. 35(9))",
                not (assessment.views.strip() or assessment.views_not_sought.strip()),
            ),
        )
        if is_so
    ]


def _deviates(opinion: str, decision: str) -> bool:
    allowed: dict[str, set[str]] = {
        DpiaOpinion.APPROVE: set(DpiaDecision.values),
        DpiaOpinion.CONDITIONS: {DpiaDecision.CONDITIONS, DpiaDecision.REJECTED, DpiaDecision.CONSULTATION},
        DpiaOpinion.REJECT: {DpiaDecision.REJECTED},
        DpiaOpinion.REFER: {DpiaDecision.CONSULTATION, DpiaDecision.REJECTED},
    }
    return decision not in allowed.get(DpiaOpinion(opinion), set())


def _need(assessment: ImpactAssessment, state: str) -> None:
    if assessment.state != state:
        raise Refused(
            f"{assessment.reference} is {assessment.get_state_display().lower()}: "
            f"this belongs to {State(state).label.lower()}."
        )


def _move(assessment: ImpactAssessment, to: str, by: User | str, reason: str, **facts: Any) -> ImpactAssessment:
    check_move(assessment, to, DPIA_MOVES, State)
    need_reason(reason, "Say what leads to this step")
    with change(by=by, reason=reason):
        for name, value in facts.items():
            setattr(assessment, name, value)
        assessment.state = to
        assessment.save()
        tell_records(assessment=assessment, by=by, reason=assessment.get_state_display().lower())
    return assessment
