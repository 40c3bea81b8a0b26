"""What of this room waits for approval."""

from compliance.approvals.registry import approvable
from compliance.ui.addresses import filled

approvable(
    "projects.release",
    kind="release",
    noun="the security requirements of",
    page=lambda row: filled("risks:release_requirements", row.project.slug, row.reference),
)
approvable("risks.breach", kind="incident", noun="when we became aware of")
