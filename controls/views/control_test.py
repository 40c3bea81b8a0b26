"""Tests of controls: planning, carrying out, concluding."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from compliance.ledger import Refused
from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation, Project
from compliance.projects.scoped import ScopedRows
from compliance.ui.register import Column, Register
from controls.addresses import address
from controls.forms.control_test import ConclusionForm, ControlTestFilter, ControlTestForm
from controls.forms.request import ReasonForm
from controls.models import ControlTest, Sample
from controls.services.control_test import cancel_test, conclude_test, plan_test, start_test, update_test
from controls.views.scopes import in_both, is_uuid, owned, people_of, visible

TESTS = Register(
    key="control-tests",
    noun="test",
    title="Tests of controls",
    order="-planned_date",
    filterset=ControlTestFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("objective", "Test", kind="main", sort="objective"),
        Column("implementation", "Control", value="implementation.control.title"),
        Column("method", "Method", value=lambda row: row.method.capitalize(), sort="method"),
        Column("state", "State", kind="state", sort="state"),
        Column("result", "Result", kind="state", sort="result"),
        Column("items", "Items", kind="number", sort="items"),
        Column("exceptions", "Exceptions", kind="number", sort="exceptions"),
        Column("tester", "Tester", value="tester.name", sort="tester__name"),
        Column("planned_date", "Planned for", kind="day", sort="planned_date"),
        Column("project", "For", value=lambda row: row.project or row.organisation, shown=False),
    ),
    empty_title="No control was tested yet",
    empty_text="Plan how a control is examined, draw a sample from a frozen list, and conclude whether it works.",
)


RELATED = ("implementation__control", "tester", "project", "organisation")
LISTED = ScopedRows(ControlTest, lambda rows: rows.counted().select_related(*RELATED))


def _tests(request: HttpRequest, scope: Organisation | Project) -> HttpResponse:
    return TESTS.respond(
        request,
        lambda: LISTED(scope),
        url=lambda row: address(scope, "test", row.reference),
        template="controls/test_list.html",
        add_url=address(scope, "test_add") if request.can.edit else "",  # type: ignore[attr-defined]
        add_label="Plan a test",
    )


def test_or_404(scope: Organisation | Project, reference: str) -> ControlTest:
    """A test that may be changed from the scope."""
    rows = owned(scope, ControlTest).select_related("implementation__control", "tester", "organisation", "project")
    return get_object_or_404(rows, reference=reference)


def _test(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    rows = visible(scope, ControlTest).select_related("implementation__control", "implementation__owner", "tester")
    test = get_object_or_404(rows, reference=reference)
    samples = Sample.objects.filter(test=test).prefetch_related("items").order_by("reference")
    names = ("edit", "start", "conclude", "cancel", "population")
    context = {
        "test": test,
        "late": test.is_late(now_read().date()),
        "mine": test.tester_id == request.user.pk,
        "changeable": isinstance(scope, Organisation) or test.project_id == scope.pk,
        "samples": [
            {
                "sample": one,
                "url": address(scope, "sample", one.reference),
                "drawn": len(one.items.all()),
                "exceptions": sum(item.verdict == "exception" for item in one.items.all()),
                "open": sum(item.verdict == "pending" for item in one.items.all()),
            }
            for one in samples
        ],
        "urls": {
            "list": address(scope, "tests"),
            "control": address(scope, "control", test.implementation.control.reference),
            **{name: address(scope, f"test_{name}", reference) for name in names},
        },
    }
    return render(request, "controls/test.html", context)


def _add(request: HttpRequest, scope: Organisation | Project) -> HttpResponse:
    wanted = request.GET.get("implementation", "")
    initial = {"implementation": wanted if is_uuid(wanted) else None}
    form = ControlTestForm(request.POST or None, scope=scope, people=people_of(scope), initial=initial)
    if request.method == "POST" and form.is_valid():
        by: Any = request.user
        try:
            made = plan_test(by=by, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{made.reference} planned; {made.tester} carries it out.")
            return redirect(address(scope, "test", made.reference))
    return _page(request, form, "Plan a test", address(scope, "tests"), "Plan")


def _edit(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    test = test_or_404(scope, reference)
    form = ControlTestForm(request.POST or None, instance=test, scope=scope, people=people_of(scope))
    if request.method == "POST" and form.is_valid() and _done(form, update_test, test, request):
        return redirect(address(scope, "test", reference))
    return _page(request, form, f"Edit {reference}", address(scope, "test", reference), "Save")


def _start(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    try:
        start_test(test=test_or_404(scope, reference), by=_by(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{reference} runs: its plan is fixed from now on.")
    return redirect(address(scope, "test", reference))


def _conclude(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    test = test_or_404(scope, reference)
    form = ConclusionForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _done(form, conclude_test, test, request):
        messages.success(request, f"{reference} concluded: {test.get_result_display().lower()}.")
        return redirect(address(scope, "test", reference))
    return _page(request, form, f"Conclude {reference}", address(scope, "test", reference), "Conclude")


def _cancel(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    test = test_or_404(scope, reference)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _done(form, cancel_test, test, request):
        messages.success(request, f"{reference} cancelled.")
        return redirect(address(scope, "test", reference))
    return _page(request, form, f"Cancel {reference}", address(scope, "test", reference), "Cancel the test")


def _by(request: HttpRequest) -> Any:
    return request.user


def _done(form: Any, service: Any, test: ControlTest, request: HttpRequest) -> bool:
    """Act on what the form says; a refusal stands on it."""
    try:
        service(test=test, by=request.user, **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    return True


def _page(request: HttpRequest, form: Any, heading: str, back_url: str, button: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "back_url": back_url, "button": button}
    return render(request, "controls/step_form.html", context, status=422 if form.errors else 200)


tests = in_both("view", kind="implementation")(require_safe(_tests))
test = in_both("view", kind="implementation")(require_safe(_test))
test_add = in_both("edit", kind="implementation")(_add)
test_edit = in_both("edit", kind="implementation")(_edit)
test_start = in_both("edit", kind="implementation")(require_POST(_start))
test_conclude = in_both("edit", kind="implementation")(_conclude)
test_cancel = in_both("edit", kind="implementation")(_cancel)
