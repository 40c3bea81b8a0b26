"""Which class of change the rooms propose for a release, and whether another one is lower."""

from collections.abc import Iterable
from datetime import datetime

from compliance.projects.models import Release
from compliance.releases.registry import Proposal, class_proposals

C = Release.ChangeClass
RANK = {C.PATCH: 0, C.MINOR: 1, C.MAJOR: 2}


def proposed(release: Release, at: datetime) -> list[tuple[str, Proposal]]:
    """What the rooms propose, the highest class first, each with the kind of record it speaks of."""
    found = [(one.kind, proposal) for one in class_proposals for proposal in one.source(release, at)]
    return sorted(found, key=lambda row: -RANK[C(row[1].change_class)])


def highest(proposals: Iterable[Proposal]) -> str:
    """The class that fits all proposals; empty when there is none."""
    return max((one.change_class for one in proposals), key=lambda word: RANK[C(word)], default="")


def is_lower(change_class: str, than: str) -> bool:
    """Whether a class is lower than the proposed one. An emergency is no size: it is not compared."""
    return bool(than) and change_class in RANK and RANK[C(change_class)] < RANK[C(than)]
