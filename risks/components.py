"""What a release is made of, beside the release before."""

from collections.abc import Sequence

from compliance.projects.models import Release


def release_before(release: Release, releases: Sequence[Release]) -> Release | None:
    """The next older one among releases that are in order, the newest first."""
    later = list(releases)
    place = next((n for n, one in enumerate(later) if one.pk == release.pk), None)
    return later[place + 1] if place is not None and place + 1 < len(later) else None
