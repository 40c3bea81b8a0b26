"""Samples: freezing a list, drawing from it, writing down what was found."""

import csv
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from compliance.files.download import download
from compliance.files.store import FileDamaged
from compliance.ledger import Refused, change
from compliance.projects.models import Organisation, Project
from controls.addresses import address
from controls.forms.control_test import DrawForm, ItemsForm, PopulationForm
from controls.models import ControlTestState, Sample, SampleItem
from controls.services.sample import (
    draw_sample,
    extrapolate,
    freeze_population,
    is_repeatable,
    read_population,
    record_items,
    suggested_size,
)
from controls.views.control_test import test_or_404
from controls.views.scopes import in_both, visible

ITEMS_A_PAGE = 50


def _population(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    test = test_or_404(scope, reference)
    back = address(scope, "test", reference)
    form = PopulationForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given, by = dict(form.cleaned_data), request.user
        file, lines, has_header = given.pop("file"), given.pop("lines"), given.pop("has_header")
        try:
            if file:
                header, items = read_population(file, name=file.name, has_header=has_header)
            else:
                found = [line for line in lines.splitlines() if line.strip()]
                header, items = (found[0].strip(), found[1:]) if has_header and found else ("", found)
            made = freeze_population(test=test, items=items, header=header, by=by, **given)  # type: ignore[arg-type]
        except Refused as refused:
            form.add_error("file" if file else "lines", str(refused))
        else:
            messages.success(request, f"{made.reference}: {made.population_count} items frozen. Now draw.")
            return redirect(address(scope, "sample", made.reference))
    text = "The list is kept under its SHA-256 before anything is drawn, and cannot be changed afterwards."
    context = {
        "form": form,
        "heading": f"Population for {reference}",
        "back_url": back,
        "button": "Freeze",
        "text": text,
    }
    return render(request, "controls/step_form.html", context, status=422 if form.errors else 200)


def sample_or_404(scope: Organisation | Project, reference: str) -> Sample:
    """A sample of a test the scope shows. Those of other rooms (an audit's) have pages of their own."""
    related = ("test__implementation__control", "test__tester", "population", "frozen_by", "drawn_by")
    rows = visible(scope, Sample).filter(test__isnull=False).select_related(*related, "organisation", "project")
    return get_object_or_404(rows, reference=reference)


def _sample(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    one = sample_or_404(scope, reference)
    items = Paginator(SampleItem.objects.filter(sample=one).order_by("position"), ITEMS_A_PAGE)
    page = items.get_page(request.GET.get("page"))
    form = _form(request, one, list(page))
    workable = _workable(request, one)
    if request.method == "POST" and form.is_valid():
        try:
            _act(one, form, request.user)
        except (Refused, FileDamaged) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{reference} saved.")
            return redirect(request.get_full_path())
    context = {
        "sample": one,
        "test": one.test,
        "form": form,
        "page": page,
        "workable": workable,
        "repeats": _repeats(request, one),
        "urls": {
            "test": address(scope, "test", one.test.reference),  # type: ignore[union-attr]
            "population": address(scope, "sample_population", reference),
        },
    }
    return render(request, "controls/sample.html", context, status=422 if form.errors else 200)


def _workable(request: HttpRequest, one: Sample) -> bool:
    """Whether this person works on it now: the tester of a running test."""
    test: Any = one.test
    return test.state == ControlTestState.RUNNING and test.tester_id == request.user.pk


def _form(request: HttpRequest, one: Sample, items: list[SampleItem]) -> Any:
    if one.is_drawn:
        return ItemsForm(request.POST or None, sample=one, items=items)
    columns = next(csv.reader([one.header]), []) if one.header else []
    return DrawForm(request.POST or None, columns=columns, usual=suggested_size(one))


def _act(one: Sample, form: Any, by: Any) -> None:
    if not one.is_drawn:
        draw_sample(sample=one, by=by, **form.cleaned_data)
        return
    with change(by=by):
        record_items(sample=one, found=form.found(), by=by)
        if (words := form.cleaned_data["extrapolation"]) != one.extrapolation:
            extrapolate(sample=one, words=words, by=by)


def _repeats(request: HttpRequest, one: Sample) -> str:
    """What drawing again gives, when that is asked for."""
    if not one.is_drawn or "again" not in request.GET:
        return ""
    try:
        return "same" if is_repeatable(one) else "other"
    except FileDamaged as damaged:
        return str(damaged)


def _download(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    one = sample_or_404(scope, reference)
    try:
        return download(one.population, f"{reference} population.txt")  # type: ignore[return-value]
    except FileDamaged as damaged:
        messages.error(request, str(damaged))
        return redirect(address(scope, "sample", reference))


test_population = in_both("edit", kind="implementation")(_population)
sample = in_both("view", kind="implementation")(_sample)
sample_population = in_both("view", kind="implementation")(require_safe(_download))
