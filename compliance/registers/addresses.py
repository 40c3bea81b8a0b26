"""Where pages of registers stand, for an organisation or for one of its projects."""

from typing import Any

from compliance.projects.models import Organisation, Project
from compliance.ui.addresses import filled


def address(scope: Organisation | Project, page: str, *args: Any) -> str:
    """The address of `registers:<page>` in the scope."""
    name = f"project_{page}" if isinstance(scope, Project) else page
    return filled(f"registers:{name}", scope.slug, *args)
