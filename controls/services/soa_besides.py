"""What auditors expect beside a row of a statement: projects, responsibility, last test, open findings, last change.

Read from the history only, so that the spreadsheet and the pack say the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from compliance.ledger import as_of
from compliance.packs.registry import day
from compliance.projects.models import Organisation, Project
from controls.models import (
    SETTLED,
    Applicability,
    ControlTest,
    ControlTestState,
    Finding,
    FindingState,
    Implementation,
)

Scope = Organisation | Project
SHARED = "All projects"


@dataclass(frozen=True)
class Besides:
    """Of one row, in words; blank where nothing is recorded."""

    projects: str
    responsibility: str
    tested: str
    findings: tuple[str, ...]
    changed: datetime | None


def besides(scope: Scope, lines: Sequence[Any], at: datetime, streams: Sequence[str]) -> dict[UUID, Besides]:
    """By the keys of the lines' rows, at a moment. Five queries and those of the names they lead to."""
    works = {one.pk: one for one in as_of(Implementation, at, stream=streams).instances()}
    tests = _last_tests(at, streams)
    by_requirement, by_work = _open_findings(at, streams)
    decided = as_of(Applicability, at, stream=streams).instances("project")
    own = defaultdict(list)
    for row in decided:
        if row.project_id is not None and row.holds_on(at.date()):
            own[row.requirement_id].append(row)
    changed = {row.pk: row.past_row.history_date for row in decided}  # type: ignore[attr-defined]
    found = {}
    for line in lines:
        keys = [one.pk for one in line.implementations]
        last = max((tests[key] for key in keys if key in tests), key=attrgetter("concluded_at"), default=None)
        said = {ref for key in keys for ref in by_work[key]} | set(by_requirement[line.row.requirement_id])
        kinds = {works[key].get_responsibility_display() for key in keys if key in works}
        found[line.row.pk] = Besides(
            projects=_projects(scope, line, own[line.row.requirement_id]),
            responsibility=", ".join(sorted(kinds)),
            tested=_said(last) if last else "",
            findings=tuple(sorted(said)),
            changed=changed.get(line.row.pk),
        )
    return found


def _said(test: ControlTest) -> str:
    return f"{test.concluded_at:%Y-%m-%d}: {test.get_result_display().lower()} ({test.reference})"


def _last_tests(at: datetime, streams: Sequence[str]) -> dict[UUID, ControlTest]:
    found = as_of(ControlTest, at, stream=streams).filter(state=ControlTestState.CONCLUDED).instances()
    return {one.implementation_id: one for one in sorted(found, key=lambda one: one.concluded_at)}  # type: ignore[arg-type, return-value]


def _open_findings(at: datetime, streams: Sequence[str]) -> tuple[dict[Any, list[str]], dict[Any, list[str]]]:
    """References of open findings, by requirement and by what they are about."""
    by_requirement, by_work = defaultdict(list), defaultdict(list)
    for one in as_of(Finding, at, stream=streams).exclude(state__in=[FindingState.DRAFT, *SETTLED]).instances():
        by_requirement[one.requirement_id].append(one.reference)
        by_work[one.implementation_id].append(one.reference)
    for found in (by_requirement, by_work):
        found.pop(None, None)
    return by_requirement, by_work


def _projects(scope: Scope, line: Any, own: Iterable[Applicability]) -> str:
    """Whom the row covers: in the organisation's statement every project but those that decide for themselves."""
    if isinstance(scope, Project):
        return "This project, inherited" if line.inherited else "This project"
    apart = sorted(
        f"{row.project} {'adds' if row.included else 'leaves it out'}"
        + (f" until {day(row.holds_until)}" if row.holds_until else "")
        for row in own
    )
    return "; ".join([SHARED, *apart])
