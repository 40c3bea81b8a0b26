"""What a view declares, and the pages that belong to no organisation. compliance.projects.access adds the others."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeAlias

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

View: TypeAlias = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Access:
    """What a view declares: `scope` is project, organisation, person, operator or public."""

    scope: str
    verb: str = "view"
    kind: str = ""


def signed_in_view(view: View) -> View:
    """A page of the person's own, outside any organisation."""
    view.access = Access("person")  # type: ignore[attr-defined]
    return view


def operator_view(view: View) -> View:
    """A page for those who run this installation."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_operator:  # type: ignore[union-attr]
            raise PermissionDenied("This page is for the operators of this installation.")
        return view(request, *args, **kwargs)

    guarded.access = Access("operator")  # type: ignore[attr-defined]
    return guarded


def public_view(view: View) -> View:
    """A page for anybody; it shows nothing of any organisation."""
    open_view = login_not_required(view)
    open_view.access = Access("public")  # type: ignore[attr-defined]
    return open_view
