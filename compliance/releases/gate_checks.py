"""What the gates ask of releases themselves."""

from collections.abc import Iterator
from datetime import datetime

from compliance.projects.models import Release
from compliance.releases.models import GateDecision, Verdict
from compliance.releases.registry import Blocker, few, gate_check
from compliance.releases.standing import review_due
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
    slug = release.project.slug
    passed = GateDecision.objects.filter(release__project=release.project_id, gate="G5").exclude(verdict=Verdict.FAILED)
    published = Release.objects.filter(project=release.project_id, state=Release.State.RELEASED).exclude(pk=release.pk)
    waiting = published.exclude(pk__in=passed.values("release")).order_by("-released_at")
    blockers = [
        Blocker(
            f"{one.reference} {one.name} was to be looked at again by {due:%-d %b %Y} and was not.",
            filled("projects:release", slug, one.reference),
            "Compliance officer",
        )
        for one in waiting
        if (due := review_due(one)) is not None and due < at.date()
    ]
    return few(blockers, "see the releases", filled("projects:releases", slug))


@gate_check("G5", "published", "It is published", kind="release", order=10)
def published(release: Release, at: datetime) -> Iterator[Blocker]:
    """There is nothing to look back at before."""
    if release.released_at is None:
        yield Blocker("It is not published yet.")
