"""Which months of a period each control is shown in, against how often its evidence has to be renewed.

An implemented control is expected to be shown as often as it operates (`sampling.toml`), or where nobody said how
often that is, as often as its evidence goes out of date. A month is covered when accepted evidence in date spans it,
covered in part when it spans some days, and a gap else.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from compliance.ledger import as_of
from compliance.packs.registry import Period
from compliance.projects.models import Organisation, Project
from controls.addresses import split
from controls.models import EvidenceImplementation, EvidenceState, EvidenceVersion, Implementation, Status
from controls.services.control_test import SAMPLING
from controls.services.soa import streams_of

A_YEAR = SAMPLING["evidence_a_year"]
COVERED, PARTLY, GAP, NOT_DUE = "ok", "warn", "bad", ""
LONGEST = 18


@dataclass(frozen=True)
class Coverage:
    """One control over the months of a period; `every` is in days (0: not known), expected and found count evidence."""

    states: list[str]
    every: int
    expected: int
    found: int

    @property
    def gaps(self) -> int:
        return self.states.count(GAP)


def months_of(period: Period, at: datetime) -> list[tuple[date, date]]:
    """First and last day of each month the period touches up to a moment, the newest year and a half of it."""
    last = min(period.end, at.date())
    found, day = [], period.start.replace(day=1)
    while day <= last:
        following = (day + timedelta(days=32)).replace(day=1)
        found.append((max(day, period.start), min(following - timedelta(days=1), last)))
        day = following
    return found[-LONGEST:]


def coverage_of(scope: Organisation | Project, at: datetime, period: Period) -> dict[UUID, Coverage]:
    """The coverage of every implementation by its id."""
    months = months_of(period, at)
    due = [_implemented(scope, min(datetime.combine(last, time.max, UTC), at)) for _, last in months]
    shown = _shown(scope, at)
    often: dict[UUID, str] = {}
    for month in due:
        often |= month
    return {
        key: _coverage(months, [key in month for month in due], shown[key], A_YEAR.get(frequency))
        for key, frequency in often.items()
    }


def _implemented(scope: Organisation | Project, at: datetime) -> dict[UUID, str]:
    """What was implemented at a moment, with how often it operates."""
    organisation, project = split(scope)
    streams = [organisation.stream, project.stream] if project else [organisation.stream]
    rows = as_of(Implementation, at, stream=streams).filter(status=Status.IMPLEMENTED)
    return {row.pk: row.frequency for row in rows}


def _shown(scope: Organisation | Project, at: datetime) -> dict[UUID, list[EvidenceVersion]]:
    """What was accepted, newer versions having replaced it or not, by the implementation it shows."""
    streams = streams_of(scope)
    states = (EvidenceState.ACCEPTED, EvidenceState.SUPERSEDED)
    judged = as_of(EvidenceVersion, at, stream=streams).filter(state__in=states, reviewed_at__isnull=False)
    by_evidence: dict[UUID, list[EvidenceVersion]] = defaultdict(list)
    for version in judged:
        if version.is_dated and not version.reject_code:
            by_evidence[version.evidence_id].append(version)
    found: dict[UUID, list[EvidenceVersion]] = defaultdict(list)
    for link in as_of(EvidenceImplementation, at, stream=streams):
        found[link.implementation_id] += by_evidence[link.evidence_id]
    return found


def _coverage(
    months: list[tuple[date, date]], due: list[bool], versions: Iterable[EvidenceVersion], a_year: int | None
) -> Coverage:
    versions = list(versions)
    states = [
        _state(first, last, versions) if is_due else NOT_DUE for (first, last), is_due in zip(months, due, strict=True)
    ]
    aged = min((days for version in versions if (days := _lasts(version))), default=0)
    every = aged if a_year is None else 365 // a_year if a_year else 0
    days = sum((last - first).days + 1 for (first, last), is_due in zip(months, due, strict=True) if is_due)
    begin, end = months[0][0], months[-1][1]
    found = sum(bool(_first(version) <= end and (version.last_day or end) >= begin) for version in versions)
    if a_year is not None:
        return Coverage(states, every, max(round(days * a_year / 365), 1) if days and a_year else 0, found)
    return Coverage(states, every, -(-days // every) if every else int(bool(days)), found)


def _state(first: date, last: date, versions: list[EvidenceVersion]) -> str:
    """Covered when no day of the month is left bare; what was observed in the month covers it whole."""
    spans = sorted(_spans(first, last, versions))
    if any(_first(version) <= last and (version.last_day or last) >= first for version in versions):
        return COVERED
    if not spans:
        return GAP
    bare = first
    for start, end in spans:
        if start > bare:
            return PARTLY
        bare = max(bare, end + timedelta(days=1))
    return COVERED if bare > last else PARTLY


def _spans(first: date, last: date, versions: list[EvidenceVersion]) -> Iterator[tuple[date, date]]:
    for version in versions:
        start, end = _first(version), version.valid_until or last
        if start <= last and end >= first:
            yield max(start, first), min(end, last)


def _first(version: EvidenceVersion) -> date:
    observed = version.observed_at.date() if version.observed_at else date.max
    return version.period_start or observed


def _lasts(version: EvidenceVersion) -> int:
    """How many days it stays in date."""
    return (version.valid_until - version.last_day).days if version.valid_until and version.last_day else 0
