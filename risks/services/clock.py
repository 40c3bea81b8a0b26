"""Clocks: started by an event, counted by their law, ended by a submission only."""

from datetime import datetime
from typing import Any

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed
from compliance.periods import HOUR, Length, Unit, holidays_of, zone_of
from compliance.projects.models import Organisation
from controls.models import Evidence
from controls.services.moves import now
from risks.clocks import EVENTS, Seat, Stage, deadline, edition, regimes, stages
from risks.models import Breach, ImpactAssessment, Incident, RegulatoryClock

Case = Incident | Breach | ImpactAssessment
Outcome = RegulatoryClock.Outcome
LINKS: dict[type[Any], str] = {Incident: "incident", Breach: "breach", ImpactAssessment: "assessment"}


class WrongClock(Refused):
    """The clock cannot start, stop or stand still so."""


def seat_of(organisation: Organisation) -> Seat:
    """Where the days of the organisation's periods end."""
    return Seat(zone_of(organisation.country), holidays_of(organisation.country))


def moments_of(case: Case, **more: datetime) -> dict[str, datetime]:
    """What clocks of a case run from: its events, and the submissions that were made."""
    made = case.clocks.filter(outcome=Outcome.SUBMITTED).values_list("stage", "ended_at")
    return {**getattr(case, "moments", {}), **{stage: at for stage, at in made if at}, **more}


def start_clock(
    *,
    case: Case,
    stage: str,
    by: User,
    at: datetime | None = None,
    hours: int | None = None,
    held_days: int = 0,
    reason: str = "",
) -> RegulatoryClock:
    """Start a stage from its event, or from `at`; `hours` is what a contract says where the law names no number."""
    law = _stage(case, stage)
    if case.clocks.filter(stage=stage).exists():
        raise WrongClock(f"{law.title} has its clock already.")
    if hours and not law.adjustable:
        raise WrongClock(f"{law.title} names its own period: it is not changed.")
    event = law.after or law.starts
    with change(by=by, reason=reason or f"{law.title} begins"):
        clock = RegulatoryClock(
            organisation=case.organisation,
            project=case.project,
            stage=stage,
            edition=edition(),
            title=law.title,
            recipient=law.to,
            must=law.must,
            number=hours or law.length.number,
            unit=Unit.HOURS.value if hours else law.length.unit.value,
            held_days=held_days,
        )
        setattr(clock, LINKS[type(case)], case)
        if not _count(clock, case, law, moments_of(case, **({event: at} if at else {}))):
            word = f"{stages()[law.after].title} was submitted" if law.after else EVENTS[law.starts]
            raise WrongClock(f"{law.title} runs from when {word}: say when that was first.")
        clock.save()
    return clock


def start_regime(*, case: Case, regime: str, by: User, reason: str = "") -> list[RegulatoryClock]:
    """Start every stage of a law whose event has happened and that has no clock yet."""
    if regime not in regimes():
        raise WrongClock(f"{regime[:40]!r} is no law of the list: choose one of {', '.join(regimes())}.")
    happened = moments_of(case)
    known = set(case.clocks.values_list("stage", flat=True))
    wanted = [
        stage
        for stage in regimes()[regime].stages
        if stage.on == LINKS[type(case)] and stage.key not in known and (stage.after or stage.starts) in happened
    ]
    if not wanted:
        raise WrongClock(
            f"Nothing of {regimes()[regime].law} begins here now: its clocks run, or their event is to come."
        )
    with change(by=by, reason=reason or f"{regimes()[regime].law} applies"):
        return [start_clock(case=case, stage=stage.key, by=by, reason=reason) for stage in wanted]


def submit(
    *,
    clock: RegulatoryClock,
    at: datetime,
    by: User,
    submission: str = "",
    note: str = "",
    late_reason: str = "",
    evidence: Evidence | None = None,
    reason: str = "",
) -> RegulatoryClock:
    """Record that the duty was met at a moment; after the end of the period the reasons for the delay are asked for.

    What runs from this submission begins.
    """
    _refuse_ended(clock)
    if at > now():
        raise WrongClock("The submission is in the future: record it once it was made.")
    if at < clock.began_at:
        raise WrongClock("The submission lies before the start of the period: one of the two moments is wrong.")
    if clock.due_at and at > clock.due_at and not late_reason.strip():
        raise WrongClock(
            f"{clock.title} ended before that: give the reasons for the delay, they go with the submission."
        )
    with change(by=by, reason=reason or f"Submitted to the {clock.recipient}"):
        clock.outcome, clock.ended_at, clock.ended_by, clock.held_since = Outcome.SUBMITTED, at, by, None
        clock.submission, clock.note, clock.late_reason = submission.strip(), note.strip(), late_reason.strip()
        clock.evidence = evidence
        clock.save()
        _follow(clock, by)
    return clock


@governed("Say why nothing is owed")
def not_owed(*, clock: RegulatoryClock, by: User, reason: str) -> RegulatoryClock:
    """End a clock because the duty does not exist, with the reason."""
    _refuse_ended(clock)
    with change(by=by, reason=reason):
        clock.outcome, clock.ended_at, clock.ended_by, clock.note = Outcome.NOT_OWED, now(), by, reason.strip()
        clock.held_since = None
        clock.save()
    return clock


@governed("Say what the authority waits for")
def hold_clock(*, clock: RegulatoryClock, by: User, reason: str, at: datetime | None = None) -> RegulatoryClock:
    """Let a consultation stand still while the authority waits for what it asked (Art. 36(2))."""
    _refuse_ended(clock)
    if clock.assessment_id is None:
        raise WrongClock("Only the period of a consultation stands still; this one runs on.")
    if clock.held_since:
        raise WrongClock("It stands still already.")
    with change(by=by, reason=reason):
        clock.held_since = at or now()
        clock.save()
    return clock


def resume_clock(*, clock: RegulatoryClock, by: User, at: datetime | None = None, reason: str = "") -> RegulatoryClock:
    """Let it run on; its end moves by the whole days it stood still."""
    if clock.held_since is None:
        raise WrongClock("It does not stand still.")
    until = at or now()
    if until < clock.held_since:
        raise WrongClock("It cannot run on before it stood still.")
    with change(by=by, reason=reason or "The authority has what it asked for"):
        clock.held_days += (until - clock.held_since).days
        clock.held_since = None
        _count(clock, clock.case, stages().get(clock.stage), {_event(clock): clock.began_at})
        clock.save()
    return clock


def recount(*, case: Case, by: User, reason: str) -> None:
    """Let the running clocks follow the moments of their case."""
    with change(by=by, reason=reason):
        for clock in case.clocks.filter(outcome=Outcome.RUNNING):
            before = (clock.began_at, clock.due_at)
            _count(clock, case, stages().get(clock.stage), moments_of(case))
            if (clock.began_at, clock.due_at) != before:
                clock.save()


def _event(clock: RegulatoryClock) -> str:
    law = stages().get(clock.stage)
    return (law.after or law.starts) if law else ""


def _count(clock: RegulatoryClock, case: Case, law: Stage | None, moments: dict[str, datetime]) -> bool:
    """Put start, end and their explanation; False when the event has not happened. A stage no longer listed stays."""
    if law is None:
        return True
    length = Length(clock.number, Unit(clock.unit), law.length.rolls)
    held = clock.held_days * 24 * HOUR
    found = deadline(law, moments, seat_of(case.organisation), length=length, held=held)
    if found is None:
        return False
    clock.began_at, clock.due_at, clock.why = found.began, found.due, found.why
    return True


def _follow(clock: RegulatoryClock, by: User) -> None:
    case = clock.case
    known = set(case.clocks.values_list("stage", flat=True))
    for stage in stages().values():
        if stage.after == clock.stage and stage.key not in known:
            start_clock(case=case, stage=stage.key, by=by)


def _stage(case: Case, key: str) -> Stage:
    law = stages().get(key)
    if law is None or law.on != LINKS[type(case)]:
        raise WrongClock(
            f"{key[:40]!r} is no period of {'an' if LINKS[type(case)] != 'breach' else 'a'} {LINKS[type(case)]}."
        )
    return law


def _refuse_ended(clock: RegulatoryClock) -> None:
    if not clock.is_running:
        raise WrongClock(f"{clock.title} is {clock.get_outcome_display().lower()} already.")
