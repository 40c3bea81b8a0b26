"""Pages that stand both under a project and under its organisation, written once.

Each declares its permission like any page; `urls.py` puts both into the URLconf.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from compliance.accounts.access import View
from compliance.ledger import Refused
from compliance.projects.access import Request, Scope, organisation_view, project_view
from risks.models import Risk
from risks.reading import with_everything


@dataclass(frozen=True)
class ScopedView:
    """One page under its two addresses."""

    in_project: View
    in_organisation: View


def scoped_view(verb: str, *, kind: str = "risk") -> Callable[[View], ScopedView]:
    """The view receives the project or the organisation of its URL."""

    def declare(view: View) -> ScopedView:
        return ScopedView(project_view(verb, kind=kind)(view), organisation_view(verb, kind=kind)(view))

    return declare


def risk_view(verb: str, *, kind: str = "risk") -> Callable[[View], ScopedView]:
    """The view receives the risk its URL names by `<str:reference>`, with everything a page shows of it."""

    def declare(view: View) -> ScopedView:
        @wraps(view)
        def found(request: Request, scope: Scope, reference: str, **kwargs: Any) -> HttpResponse:
            risk = get_object_or_404(with_everything(Risk.objects.in_scope(scope)), reference=reference)
            return view(request, risk, **kwargs)

        return scoped_view(verb, kind=kind)(found)

    return declare


def carried_out(request: Request, form: BaseForm, service: Callable[..., Any], **arguments: Any) -> Any:
    """What the service made (or True) of a valid answer, in the name of the person; else None.

    What the service refuses stands on top of the form.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    answers = form.values() if hasattr(form, "values") else form.cleaned_data
    try:
        return service(by=request.user, **arguments, **answers) or True
    except Refused as refused:
        form.add_error(None, str(refused))
        return None


def form_page(request: Request, risk: Risk, form: BaseForm, *, heading: str, save: str, **context: Any) -> HttpResponse:
    """The page of one form about a risk; an invalid answer is 422."""
    context = {"risk": risk, "form": form, "heading": heading, "save": save, **context}
    return render(request, "risks/form.html", context, status=422 if form.errors else 200)


def one_of(rows: Any, **wanted: Any) -> Any:
    """The one row of a prefetched list with these values, or 404."""
    for row in rows:
        if all(getattr(row, name) == value for name, value in wanted.items()):
            return row
    raise Http404
