"""How a sent form is answered: saved and shown, or shown again with what is wrong."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render

from compliance.ledger import Refused
from compliance.projects.access import Request


def save_form(
    request: Request, form: BaseForm, template: str, save: Callable[[], Any], said: str, **context: Any
) -> HttpResponse:
    """Save a valid form and go where `save` says (a record or an address); a refusal stands on top of the form."""
    if request.method == "POST" and form.is_valid():
        try:
            saved = save()
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{saved} {said}" if hasattr(saved, "pk") else said)
            return redirect(saved)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, {**context, "form": form}, status=status)


def take_step(
    request: Request, steps: dict[str, Callable[..., Any]], back: str, said: dict[str, str], **given: Any
) -> HttpResponse:
    """Take the step a button names, with its reason, and go back; a refusal is told there. Reading changes nothing."""
    if request.method != "POST":
        return redirect(back)
    step = request.POST.get("step", "")
    try:
        if step not in steps:
            raise Refused("Choose one of the steps on the page.")
        steps[step](**given, reason=request.POST.get("reason", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said[step])
    return redirect(back)
