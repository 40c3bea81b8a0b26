"""What artefacts mean here: those kept as evidence are followed by their newer versions."""

from compliance.artefacts.registry import observer
from compliance.projects.models import Release
from controls.services.kept import follow_artefacts


@observer("evidence", order=30)
def follow(release: Release) -> object:
    return follow_artefacts(release)
