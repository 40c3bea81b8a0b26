"""The requirements of a release on its page."""

from typing import Any

from compliance.ledger.moment import now_read
from compliance.projects.models import Release
from compliance.projects.panels import panel
from compliance.ui.addresses import filled
from risks.requirement_reading import standing_of


@panel("release", title="Requirements", template="risks/panels/requirements.html", kind="release", order=5)
def of_release(release: Release, *, can: Any) -> dict[str, Any]:
    """Whether they are approved, and how many this build was shown to meet."""
    found, slug = standing_of(release, now_read().date()), release.project.slug
    return {
        "baseline": found.baseline,
        "figures": found.figures,
        "url": filled("risks:release_requirements", slug, release.reference),
        "proposals_url": filled("risks:requirement_proposals", slug, release.reference) if can.edit else "",
    }
