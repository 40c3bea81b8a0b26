"""What the gates of a release ask of its security requirements (gates G1 and G3)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from compliance.projects.models import Release
from compliance.releases.registry import Blocker, few, gate_check
from compliance.ui.addresses import filled
from risks.models.requirement import Priority, ResultVerdict, SecurityRequirement
from risks.requirement_reading import speaking_against, standing_of

WITHOUT = "no test of this build"
OWNER, OFFICER = "Product owner", "Compliance officer or executive"


def _page(release: Release, query: str = "") -> str:
    return filled("risks:release_requirements", release.project.slug, release.reference) + query


@gate_check("G1", "requirements", "Security and privacy requirements are approved", kind="release", order=20)
def approved(release: Release, at: datetime) -> Iterator[Blocker]:
    """A baseline that was never written, never decided, or changed since (S24)."""
    found = standing_of(release, at.date()).baseline
    if not found.total:
        page = filled("risks:requirement_proposals", release.project.slug, release.reference)
        yield Blocker("No security requirement of this app is written: take over what is proposed.", page, OWNER)
    elif not found.stands:
        waits = found.waits and found.covers
        many = f"{found.total} security requirement{'s' if found.total > 1 else ''}"
        yield Blocker(f"{many}: {found.word[1].lower()}.", _page(release), OFFICER if waits else OWNER)


@gate_check("G3", "tests", "What must hold was tested on this build", kind="release", order=40)
def tested(release: Release, at: datetime) -> list[Blocker]:
    """What must hold and failed, or was never tried on this build; what is waived counts until its day."""
    rows: Any = SecurityRequirement.objects.of_release(release).filter(priority=Priority.MUST)
    rows = rows.shown_by(release.build_sha256, at.date()).not_shown().select_related("project")
    rows = rows.only("reference", "statement", "project__slug")
    blockers = [
        Blocker(
            f"{row.reference} {row.statement}: {'its test failed' if row.shown == ResultVerdict.FAILED else WITHOUT}.",
            row.get_absolute_url(),
            OWNER,
        )
        for row in rows.order_by("reference")
    ]
    return few(blockers, "see the requirements", _page(release, "?show=open"), OWNER)


@gate_check("G3", "scans", "No scanner says otherwise", kind="risk", order=45)
def scanned(release: Release, at: datetime) -> list[Blocker]:
    """Open findings of reports on this release that name the MASVS control of what must hold."""
    rows = SecurityRequirement.objects.of_release(release).agreed().filter(priority=Priority.MUST).exclude(masvs="")
    named = {row.pk: row for row in rows.order_by("reference").only("reference", "masvs", "state", "waived_until")}
    blockers = [
        Blocker(
            f"{named[key].reference} {named[key].masvs}: {one.reference} {one.title}.", one.get_absolute_url(), OWNER
        )
        for key, found in speaking_against(release, named.values()).items()
        if not named[key].is_waived(at.date())
        for one in found
    ]
    return few(blockers, "see the requirements", _page(release), OWNER)
