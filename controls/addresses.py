"""Where pages of this room stand, for an organisation or for one of its projects."""

from typing import Any

from compliance.projects.models import Organisation, Project
from compliance.ui.addresses import filled


def address(scope: Organisation | Project, page: str, *args: Any) -> str:
    """The address of `controls:<page>` in the scope; a project's pages are called `project_<page>`."""
    name = f"project_{page}" if isinstance(scope, Project) else page
    return filled(f"controls:{name}", scope.slug, *args)


def split(scope: Organisation | Project) -> tuple[Organisation, Project | None]:
    """Organisation and project of a scope, as scoped rows keep them."""
    return (scope.organisation, scope) if isinstance(scope, Project) else (scope, None)
