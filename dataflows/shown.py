"""Which text people saw: the versions of a notice, consent or label by moment and by release, as plain questions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from compliance.projects.models import Release
from dataflows.models import TextVersion


@dataclass(frozen=True)
class Window:
    """A version and how long people saw it."""

    version: TextVersion
    since: datetime
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


def windows(versions: Iterable[TextVersion]) -> list[Window]:
    """The versions that were ever published, the newest first."""
    rows = [Window(one, one.published_at, one.ended_at) for one in versions if one.published_at is not None]
    return sorted(rows, key=lambda window: window.since, reverse=True)


def shown_at(versions: Iterable[TextVersion], at: datetime) -> TextVersion | None:
    """The version people saw at a moment."""
    return next((window.version for window in windows(versions) if window.holds(at)), None)


def shown_in(versions: Iterable[TextVersion], release: Release, releases: Iterable[Release]) -> list[TextVersion]:
    """The versions users of a release saw, the first they saw first.

    A text that comes with a release is seen from that release on; one that is fetched from the web is seen by the users
    of every release from the day it is published. The release is used from its own day until the next one is there.
    """
    if release.released_at is None:
        return []
    began: datetime = release.released_at
    later = [one.released_at for one in releases if one.released_at and one.released_at > began]
    until = min(later, default=None)
    found = [
        window
        for window in windows(versions)
        if (window.until is None or window.until > began)
        and (until is None or window.since < until)
        and _came_with(window.version, began)
    ]
    return [window.version for window in sorted(found, key=lambda window: window.since)]


def _came_with(version: TextVersion, began: datetime) -> bool:
    first = version.since_release
    return first is None or first.released_at is None or first.released_at <= began
