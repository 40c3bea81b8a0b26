"""What artefacts mean here: the component lists handed in on a release say what it is made of."""

from compliance.artefacts.registry import observer
from compliance.projects.models import Release
from risks.services.component_list import follow_lists


@observer("components", order=20)
def follow(release: Release) -> object:
    return follow_lists(release)
