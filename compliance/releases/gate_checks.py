"""What the gates ask of releases themselves."""

from collections.abc import Iterator
from datetime import datetime

from compliance.projects.models import Release
from compliance.releases.registry import Blocker, few, gate_check
from compliance.releases.standing import own_checks
from compliance.ui.addresses import filled


@gate_check("G3", "build", "The build is named by its hash", kind="release", order=10)
def build(release: Release, at: datetime) -> Iterator[Blocker]:
    """Tests say something about a build only when it is known which."""
    if not release.build_sha256:
        page = filled("projects:release_edit", release.project.slug, release.reference)
        yield Blocker("Nobody has said which build is to be published: give its SHA-256.", page, "Product owner")


@gate_check("G4", "reviews", "Releases before it were looked at again", kind="release", order=10)
def reviews(release: Release, at: datetime) -> list[Blocker]:
    """A review after publication that is overdue blocks the next publication (S39)."""
    return few(own_checks(release, at), "see the releases", filled("projects:releases", release.project.slug))


@gate_check("G5", "published", "It is published", kind="release", order=10)
def published(release: Release, at: datetime) -> Iterator[Blocker]:
    """There is nothing to look back at before."""
    if release.released_at is None:
        yield Blocker("It is not published yet.")
