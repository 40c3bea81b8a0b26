"""Which flows a release has: those it came after and that have not ended before it."""

from collections.abc import Iterable
from datetime import date

from compliance.projects.models import Release
from dataflows.models import DataFlow


def rank(release: Release) -> tuple[date, list[tuple[int, str]]]:
    """The order of releases: by day, those without one last; on one day by version, 1.10 after 1.9."""
    day = release.released_at.date() if release.released_at else release.planned_date
    parts = release.name.replace("-", ".").split(".")
    return day or date.max, [(int(part) if part.isdecimal() else -1, part) for part in parts]


def has_flow(release: Release, flow: DataFlow) -> bool:
    """Whether a flow is in a release, by its first and its last; one that has ended needs a last."""
    if flow.state == DataFlow.State.RETIRED and flow.until_release is None:
        return False
    begun = flow.since_release is None or rank(flow.since_release) <= rank(release)
    return begun and (flow.until_release is None or rank(release) <= rank(flow.until_release))


def flows_in(release: Release, flows: Iterable[DataFlow]) -> list[DataFlow]:
    return [flow for flow in flows if has_flow(release, flow)]
