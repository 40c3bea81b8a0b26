"""Security requirements are taken over, written, built, shown to hold, waived and dropped here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.ledger import Refused, change, governed
from compliance.projects.models import Project, Release
from risks.models.requirement import (
    AGREED,
    REQUIREMENT_MOVES,
    RequirementResult,
    RequirementState,
    ResultVerdict,
    SecurityRequirement,
)
from risks.requirement_proposals import Proposed, rules
from risks.services.register import CannotMove
from risks.services.vulnerability import now

State = RequirementState
WRITTEN = frozenset({"statement", "criterion", "priority", "source", "cites", "masvs", "owner", "release"})
PROPOSED = frozenset({"template", "because", "threat"})
SHOWN = frozenset({"verdict", "tested_date", "means", "note", "control_test", "evidence"})


def add_requirement(*, project: Project, by: User, reason: str = "", **fields: Any) -> SecurityRequirement:
    """Write down what the app has to do; it counts once the requirements of a release are approved."""
    row = SecurityRequirement(project=project, author=by)
    _take(row, fields, WRITTEN | PROPOSED)
    with change(by=by, reason=reason):
        row.save()
    return row


def take_over(
    *,
    release: Release,
    proposed: Sequence[Proposed],
    by: User,
    reason: str = "",
    changed: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[SecurityRequirement]:
    """Make drafts of what is proposed, in one go; `changed` has other words by the key of a proposal."""
    if not proposed:
        raise Refused("Choose at least one requirement to take over.")
    with change(by=by, reason=reason):
        return [
            add_requirement(
                project=release.project,
                release=release,
                by=by,
                reason=reason,
                **{**one.fields, **(changed or {}).get(one.key, {})},
            )
            for one in proposed
        ]


@governed("Say why the app does not need it")
def decline_proposals(
    *, release: Release, proposed: Sequence[Proposed], by: User, reason: str
) -> list[SecurityRequirement]:
    """Say that proposals are not needed: they are kept as dropped, with the reason, and not proposed again."""
    with change(by=by, reason=reason):
        rows = take_over(release=release, proposed=proposed, by=by, reason=reason)
        return [drop_requirement(requirement=row, by=by, reason=reason) for row in rows]


def update_requirement(*, requirement: SecurityRequirement, by: User, reason: str = "", **fields: Any) -> Any:
    """Change a draft. What is agreed goes back to a draft first; who does the work may always change."""
    if requirement.state != State.DRAFT and set(fields) - {"owner"}:
        raise CannotMove(f"{requirement.reference} is agreed: take it back to a draft to change what it says.")
    _take(requirement, fields, WRITTEN)
    with change(by=by, reason=reason):
        requirement.save()
    return requirement


@governed("Say why it is worked on again")
def rework_requirement(*, requirement: SecurityRequirement, by: User, reason: str) -> SecurityRequirement:
    """Take it back to a draft, out of the approved baseline or out of what was dropped."""
    check_move(requirement, State.DRAFT)
    with change(by=by, reason=reason):
        requirement.state, requirement.reason = State.DRAFT, ""
        requirement.author, requirement.approved_by, requirement.approved_at = by, None, None
        requirement.save()
    return requirement


@governed("Say why the app need not do it")
def drop_requirement(*, requirement: SecurityRequirement, by: User, reason: str) -> SecurityRequirement:
    """It holds for no release any more, nor is it proposed again."""
    check_move(requirement, State.DROPPED)
    with change(by=by, reason=reason):
        requirement.state, requirement.reason = State.DROPPED, reason
        requirement.save()
    return requirement


def implement_requirements(*, requirements: Iterable[SecurityRequirement], by: User, reason: str = "") -> int:
    """Say that they are built; a test shows whether they hold."""
    rows = list(requirements)
    for row in rows:
        check_move(row, State.IMPLEMENTED)
    with change(by=by, reason=reason):
        for row in rows:
            row.state = State.IMPLEMENTED
            row.save()
    return len(rows)


def record_results(
    *,
    requirements: Iterable[SecurityRequirement],
    release: Release,
    verdict: str,
    tested_date: date,
    by: User,
    tester: User | None = None,
    reason: str = "",
    **fields: Any,
) -> list[RequirementResult]:
    """Keep what a test of the release's build said; a requirement that holds is verified, one that fails is not."""
    if not release.build_sha256:
        raise Refused(f"Nobody has said which build {release.name} is: give its SHA-256 first.")
    if tested_date > now().date():
        raise Refused("Tested on: choose a day that has come.")
    if not fields.get("note", "").strip() and verdict != ResultVerdict.PASSED:
        raise Refused("What was done and seen: say what failed, or why it does not apply.")
    made = []
    with change(by=by, reason=reason):
        for row in requirements:
            if row.state not in AGREED:
                raise CannotMove(f"{row.reference} is {row.get_state_display().lower()}: it is tested once agreed.")
            result = RequirementResult(
                project=row.project,
                requirement=row,
                release=release,
                build_sha256=release.build_sha256,
                tester=tester or by,
            )
            _take(
                result, {"verdict": verdict, "tested_date": tested_date, **fields}, SHOWN | {"verdict", "tested_date"}
            )
            result.save()
            made.append(result)
            _follow(row, verdict)
    return made


def _follow(row: SecurityRequirement, verdict: str) -> None:
    """The state a result leads to; what is waived stays so until its waiver ends."""
    to = {ResultVerdict.PASSED: State.VERIFIED, ResultVerdict.FAILED: State.IMPLEMENTED}.get(ResultVerdict(verdict))
    if to in REQUIREMENT_MOVES[row.state] and not (to == State.IMPLEMENTED and row.state != State.VERIFIED):
        row.state = to
        row.save()


@governed("Say why the release may go without it")
def waive_requirement(*, requirement: SecurityRequirement, until: date, by: User, reason: str) -> SecurityRequirement:
    """Let releases go without it until a day; not by whoever wrote it."""
    check_move(requirement, State.WAIVED)
    if by.pk == requirement.author_id:
        raise NotYours(f"You wrote {requirement.reference} yourself: somebody else has to waive it.")
    today, longest = now().date(), int(rules()["waiver_days"])
    if not today <= until <= today + timedelta(days=longest):
        raise Refused(f"Waived until: choose a day from today, at most {longest} days ahead.")
    with change(by=by, reason=reason):
        requirement.state, requirement.reason = State.WAIVED, reason
        requirement.waived_by, requirement.waived_until = by, until
        requirement.save()
    return requirement


@governed("Say why it counts again")
def end_waiver(*, requirement: SecurityRequirement, by: User, reason: str) -> SecurityRequirement:
    """It counts again, and is to be built and shown."""
    if requirement.state != State.WAIVED:
        raise CannotMove(f"{requirement.reference} is not waived.")
    with change(by=by, reason=reason):
        requirement.state, requirement.reason = State.APPROVED, ""
        requirement.waived_by = requirement.waived_until = None
        requirement.save()
    return requirement


def check_move(requirement: SecurityRequirement, to: str) -> None:
    """Raises CannotMove unless the table leads there."""
    if to not in REQUIREMENT_MOVES[requirement.state]:
        words = dict(State.choices)
        raise CannotMove(
            f"{requirement.reference} is {words[requirement.state].lower()}: "
            f"it cannot become {words[to].lower()} from there."
        )


def _take(row: Any, fields: Mapping[str, Any], known: frozenset[str]) -> None:
    if unknown := set(fields) - known:
        raise Refused(f"{', '.join(sorted(unknown))}: not changed this way.")
    for name, value in fields.items():
        setattr(row, name, value)
    rest = [field.name for field in row._meta.concrete_fields if field.name not in fields]
    try:
        row.clean_fields(exclude=rest)
    except ValidationError as wrong:
        names = {field.name: str(field.verbose_name) for field in row._meta.concrete_fields}
        said = (f"{names[name]}: {texts[0]}" for name, texts in wrong.message_dict.items())
        raise Refused(" ".join(f"{text[:1].upper()}{text[1:]}" for text in said)) from None
