"""Evidence that rests on an artefact, on its page."""

from datetime import datetime
from typing import Any

from compliance.artefacts.models import Artefact, State
from compliance.projects.panels import panel
from compliance.ui.addresses import filled
from controls.addresses import address
from controls.models import EvidenceState, EvidenceVersion


@panel("artefact", title="Evidence", template="controls/panels/artefact.html", kind="evidence")
def evidence_of_artefact(artefact: Artefact, *, can: Any, at: datetime | None = None) -> dict[str, Any] | None:
    """Which evidence is this file, and a button to make it evidence."""
    project = artefact.project
    rows = EvidenceVersion.objects.filter(project=project, blob=artefact.blob_id).select_related("evidence")
    found = [(one, address(project, "evidence_item", one.evidence.reference)) for one in rows[:10]]
    standing = any(one.state != EvidenceState.WITHDRAWN for one, _ in found)
    keep = can.edit and artefact.state == State.READ and not standing
    if not found and not keep:
        return None
    return {
        "rows": found,
        "keep_url": filled("controls:artefact_keep", project.slug, artefact.reference) if keep else "",
    }
