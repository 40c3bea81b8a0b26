"""What a view declares, and the pages that belong to no organisation. compliance.projects.access adds the others."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeAlias

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from compliance.accounts.models import User

View: TypeAlias = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Access:
    """What a view declares: `scope` is project, organisation, desk, person, operator or public."""

    scope: str
    verb: str = "view"
    kind: str = ""


class PersonRequest(HttpRequest):
    """A request of somebody signed in, as every view but a public one receives it."""

    user: User


def signed_in_view(view: View) -> View:
    """A page of the person's own, outside any organisation."""
    view.access = Access("person")  # type: ignore[attr-defined]
    return view


def operator_view(view: View) -> View:
    """A page for those who run this installation."""

    @wraps(view)
    def guarded(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_operator:
            raise PermissionDenied("This page is for the operators of this installation.")
        return view(request, *args, **kwargs)

    guarded.access = Access("operator")  # type: ignore[attr-defined]
    return guarded


def public_view(view: View) -> View:
    """A page for anybody; it shows nothing of any organisation."""
    open_view = login_not_required(view)
    open_view.access = Access("public")  # type: ignore[attr-defined]
    return open_view
