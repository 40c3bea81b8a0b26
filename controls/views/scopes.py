"""One view for both scopes (see compliance.projects.pairs), and which rows a scope shows and owns."""

from typing import Any

from compliance.files.forms import is_uuid
from compliance.projects.models import Organisation, Project
from compliance.projects.pairs import Pair, in_both, paths, people_of

__all__ = ["Pair", "in_both", "is_uuid", "owned", "paths", "people_of", "visible"]


def visible(scope: Organisation | Project, model: Any) -> Any:
    """What of a scoped model shows in a scope: a project also sees what its organisation shares."""
    return model.objects.seen_in(scope)


def owned(scope: Organisation | Project, model: Any) -> Any:
    """What of a scoped model may be changed from a scope."""
    return model.objects.kept_in(scope)
