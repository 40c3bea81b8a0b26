"""One page for the next step of a record: which steps there are, their form, and what they do.

A step is offered in its states; whether it is allowed is decided by the service behind it, in words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from compliance.projects.forms import ReasonForm
from compliance.projects.views.forms import attempt, form_page, posted


@dataclass(frozen=True)
class Step:
    """One step: `act(record, data, by)` takes it, `make(record, data)` builds its form where it needs the record."""

    key: str
    label: str
    states: frozenset[str]
    act: Callable[[Any, dict[str, Any], Any], Any]
    form: type[forms.BaseForm] = ReasonForm
    make: Callable[[Any, Any], Any] | None = None
    intro: str = ""
    danger: bool = False
    only: Callable[[Any, Any], bool] = field(default=lambda record, user: True)

    def fits(self, record: Any, user: Any) -> bool:
        return record.state in self.states and self.only(record, user)


def offered(record: Any, steps: Sequence[Step], url: str, user: Any) -> list[dict[str, str]]:
    """The steps for the buttons of the record's page."""
    return [{"label": one.label, "url": f"{url}?step={one.key}"} for one in steps if one.fits(record, user)]


def step_page(request: HttpRequest, record: Any, steps: Sequence[Step], *, back: str, crumb: str) -> HttpResponse:
    """The form of the step the address names, or of the first that fits; taken, it leads back."""
    asked, user = request.GET.get("step", ""), request.user
    fitting = [one for one in steps if one.fits(record, user)]
    step = next((one for one in fitting if one.key == asked), next(iter(fitting), None))
    if step is None:
        messages.info(request, f"{record.reference} waits for no such step.")
        return redirect(back)
    form = step.make(record, posted(request)) if step.make else step.form(posted(request))
    if attempt(form, lambda: (step.act(record, form.cleaned_data, user),)) is not None:
        messages.success(request, f"{record.reference}: {step.label.lower()}, done.")
        return redirect(back)
    heading = f"{step.label}: {record.reference}"
    return form_page(
        request,
        form,
        heading=heading,
        cancel=back,
        submit=step.label,
        intro=step.intro,
        danger=step.danger,
        crumbs=[(crumb, back)],
    )
