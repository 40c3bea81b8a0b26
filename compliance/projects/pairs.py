"""One view for both scopes: the organisation's page and the project's are the same page over other rows."""

from collections.abc import Callable
from typing import NamedTuple

from django.db.models import QuerySet
from django.urls import URLPattern, path

from compliance.accounts.models import User
from compliance.projects.access import View, organisation_view, project_view
from compliance.projects.models import Organisation, Project


class Pair(NamedTuple):
    """A view as the organisation's page and as the project's."""

    organisation: View
    project: View


def in_both(verb: str, *, kind: str) -> Callable[[View], Pair]:
    """The view receives the organisation or the project its URL names."""

    def declare(view: View) -> Pair:
        return Pair(organisation_view(verb, kind=kind)(view), project_view(verb, kind=kind)(view))

    return declare


def paths(route: str, pair: Pair, name: str) -> list[URLPattern]:
    """`name` below the organisation, `project_<name>` below the project."""
    return [
        path(f"organisations/<slug:organisation>/{route}", pair.organisation, name=name),
        path(f"projects/<slug:project>/{route}", pair.project, name=f"project_{name}"),
    ]


def people_of(scope: Organisation | Project) -> "QuerySet[User]":
    """Who may own something here: everybody with a role in the organisation or one of its projects."""
    organisation = scope.organisation if isinstance(scope, Project) else scope
    return User.objects.filter(is_active=True, memberships__organisation=organisation).distinct()
