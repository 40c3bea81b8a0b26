"""What belongs to one release: what was done since the release before it, until the release after it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from compliance.ledger import as_of
from compliance.ledger.models import Leaf
from compliance.packs.history import History
from compliance.projects.models import Organisation, Project, Release

WHOLE = ("registers", "citations", "documents", "exhibits")  # of a section: for machines and for the matrices


@dataclass(frozen=True)
class About:
    """The release a pack is about, with the moments between which what was done belongs to it."""

    release: Release
    since: datetime | None
    until: datetime | None

    def holds(self, moment: datetime | None) -> bool:
        """Whether something of that moment belongs to the release."""
        if moment is None:
            return False
        return (self.since is None or moment > self.since) and (self.until is None or moment <= self.until)

    def holds_day(self, day: date | None) -> bool:
        """Whether something of that day belongs to the release."""
        if day is None:
            return False
        return (self.since is None or day > self.since.date()) and (self.until is None or day <= self.until.date())

    def covers(self, first: Release | None, last: Release | None = None) -> bool:
        """Whether the release lies in a range of releases; an end that is not named, or not planned, is open."""
        this = self.release.planned_date
        begins, ends = first.planned_date if first else None, last.planned_date if last else None
        return this is None or ((begins is None or begins <= this) and (ends is None or this <= ends))


def release_about(scope: Organisation | Project, at: datetime, subject: str) -> About | None:
    """The release with that reference as it stood; None for a pack that is about none."""
    if not subject.startswith(f"{Release.reference_prefix}-") or not isinstance(scope, Project):
        return None
    found = as_of(Release, at, stream=scope.stream).instances()
    return next((About(one, *window(one, found)) for one in found if one.reference == subject), None)


def window(release: Release, releases: list[Release]) -> tuple[datetime | None, datetime | None]:
    """When the release before this one was published, and the one after it."""
    out = [one.released_at for one in releases if one.project_id == release.project_id and one.pk != release.pk]
    known = sorted(moment for moment in out if moment)
    own = release.released_at
    before = [moment for moment in known if own is None or moment < own]
    after = [moment for moment in known if own is not None and moment > own]
    return before[-1] if before else None, after[0] if after else None


def speaking_of(parts: Iterable[tuple[Any, Mapping[str, Any]]], history: History) -> frozenset[int]:
    """The numbers of the entries about the records these sections show."""
    said = (value for _, context in parts for key, value in context.items() if key not in WHOLE)
    shown = {name for value in said for name in _named(value)}
    about = Leaf.objects.filter(stream=history.stream, seq__lt=history.size, entry__reference__in=sorted(shown))
    return frozenset(about.values_list("seq", flat=True))


def _named(value: Any) -> Iterator[str]:
    """Every reference a section's data names as that of a record."""
    if isinstance(value, Mapping):
        if isinstance(reference := value.get("reference"), str) and reference:
            yield reference
        value = value.values()
    elif not isinstance(value, list | tuple):
        return
    for one in value:
        yield from _named(one)
