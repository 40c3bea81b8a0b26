"""What a release brought against the one published before it, platform by platform, from the facts of both builds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from compliance.artefacts.models import Artefact
from compliance.artefacts.reading import artefacts_of, facts_of, platforms_of, release_before
from compliance.projects.models import Release
from dataflows.drift import Build, Change, change_class, difference

NAMES = {"android": "Android", "ios": "iOS", "": "Every platform"}


@dataclass(frozen=True)
class Differed:
    """One platform: the release it is compared with, and everything that counts, new things first."""

    platform: str
    before: Release
    changes: tuple[Change, ...]

    @property
    def name(self) -> str:
        return NAMES.get(self.platform, self.platform)

    @property
    def new(self) -> list[Change]:
        return [one for one in self.changes if one.new]

    @property
    def gone(self) -> list[Change]:
        return [one for one in self.changes if not one.new]

    @property
    def change_class(self) -> str:
        """The least class a release with these changes can have."""
        return change_class(self.changes)


def differences_of(release: Release, at: datetime | None = None) -> list[Differed]:
    """Every platform that has artefacts in this release and in one before. Raises FileDamaged."""
    rows = artefacts_of(release, at)
    found = []
    for platform in platforms_of(rows) or (("",) if rows else ()):
        if before := release_before(release, platform, at):
            older = _facts(artefacts_of(before, at), platform)
            found.append(Differed(platform, before, _compared(_facts(rows, platform), older, platform)))
    return found


def _facts(rows: Sequence[Artefact], platform: str) -> tuple[str, ...]:
    """The hashes of what was read, of one platform."""
    mine = [row for row in rows if not platform or row.platform in ("", platform)]
    return tuple(row.facts_id for row in mine if row.facts_id)


@lru_cache(maxsize=100)
def _compared(new: tuple[str, ...], old: tuple[str, ...], platform: str) -> tuple[Change, ...]:
    """Facts are named by their hash: the same names give the same difference for good."""
    builds = [Build(tuple(facts_of(one) for one in keys), platform) for keys in (new, old)]
    return tuple(difference(*builds))
