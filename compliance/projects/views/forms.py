"""A page that is one form: shown, refused with 422, or done."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from compliance.ledger import Refused
from compliance.projects.forms import refuse

T = TypeVar("T")


def posted(request: HttpRequest) -> Any:
    """What was posted, or None when the form is only asked for."""
    return request.POST if request.method == "POST" else None


def attempt(form: BaseForm, act: Callable[[], T]) -> T | None:
    """Do it when the form is valid; a service's refusal becomes an error of the form, and None is returned."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return act()
    except Refused as refused:
        refuse(form, refused)
        return None


def form_page(request: HttpRequest, form: BaseForm, *, heading: str, cancel: str, **context: Any) -> HttpResponse:
    """The page; `submit`, `intro`, `crumbs` (label and address pairs) and `danger` are optional."""
    page = {"form": form, "heading": heading, "cancel_url": cancel, "submit": "Save", **context}
    return render(request, "projects/form.html", page, status=422 if form.errors else 200)
