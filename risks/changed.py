"""What became of risks, and of what they rest on, since each was looked at last; told from the history."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from compliance.ledger.models import Entry
from compliance.ledger.story import Line, story
from risks.models import Risk

SETTLING = timedelta(seconds=10)  # a review's own entries are dated a moment after it
OWN = {"state", "flagged_from", "next_review_date", "reviewed_at", "assessed_at", "assessor", "verified_by"}
MOST, READ = 5, 1000


@dataclass(frozen=True)
class Told:
    """One change in words."""

    at: datetime
    text: str


def changed_since(risks: Iterable[Risk]) -> Mapping[UUID, list[Told]]:
    """The newest changes of each risk `with_everything` since it was looked at; a fixed number of queries per table."""
    owner: dict[UUID, set[UUID]] = defaultdict(set)
    since: dict[UUID, datetime] = {}
    models: set[str] = set()
    for risk in risks:
        if risk.reviewed_at is None:
            continue
        since[risk.pk] = risk.reviewed_at + SETTLING
        for row in _rows(risk):
            owner[row.pk].add(risk.pk)
            models.add(row._meta.label_lower)
    if not since:
        return {}
    entries = Entry.objects.filter(model__in=models, object_id__in=owner, at__gt=min(since.values()))
    chosen: list[Entry] = []
    taken: dict[UUID, int] = defaultdict(int)
    for entry in entries.order_by("-id")[:READ]:
        about = {key for key in owner[entry.object_id] if entry.at > since[key] and taken[key] < MOST * 2}
        for key in about:
            taken[key] += 1
        if about:
            chosen.append(entry)
    return _told(chosen, owner, since)


def _rows(risk: Risk) -> Iterable[Any]:
    yield risk
    yield from risk.positions.all()
    for treatment in risk.treatments.all():
        yield treatment
        yield from treatment.actions.all()
    for link in risk.controls.all():
        yield link
        yield link.implementation


def _told(
    entries: list[Entry], owner: Mapping[UUID, set[UUID]], since: Mapping[UUID, datetime]
) -> Mapping[UUID, list[Told]]:
    found: dict[UUID, list[Told]] = defaultdict(list)
    for line in story(entries):
        if not (text := _words(line)):
            continue
        for key in owner[line.entry.object_id]:
            if line.entry.at > since[key] and len(found[key]) < MOST:
                found[key].append(Told(line.entry.at, text))
    return found


def _words(line: Line) -> str:
    """IM-012 Scrubber: status In progress → Implemented."""
    if line.entry.type == "+":
        return f"{line.title or line.what}: added"
    said = [f"{one.label} {one.old} → {one.new}" for one in line.changes if one.name not in OWN]
    return f"{line.title or line.what}: {'; '.join(said[:3])}"[:240] if said else ""
