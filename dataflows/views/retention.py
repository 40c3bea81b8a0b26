"""The retention schedule: rules, their disposal runs, and data kept past its rule."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from compliance.ledger.moment import now_read
from compliance.prepared import Rows
from compliance.projects.access import Request, organisation_view
from compliance.projects.models import Organisation
from compliance.ui.register import Column, Register
from compliance.ui.templatetags.ui import day, state
from dataflows import services
from dataflows.forms import ReasonForm, RuleFilter, RuleForm, RunForm
from dataflows.models import DisposalRun, ProcessingActivity, RetentionRule
from dataflows.views.answer import save_form, take_step


def draw_oldest(rule: RetentionRule, value: Any) -> str:
    """The day the oldest data left has to be gone by, marked when that has passed."""
    if not value:
        return ""
    return state("overdue", day(value)) if rule.is_overrun(now_read().date()) else day(value)


def draw_run(rule: RetentionRule, value: Any) -> str:
    """The next run, marked when it should have been."""
    if not value or rule.ended_date:
        return ""
    return state("overdue", day(value)) if value < now_read().date() else day(value)


RULES = Register(
    key="retention",
    noun="retention rule",
    title="Retention schedule",
    order="reference",
    filterset=RuleFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("name", "Rule", kind="main", sort="name"),
        Column("about", "Data", sort="item__name"),
        Column("where", "Where", sort="system__name"),
        Column("said", "Kept"),
        Column("basis", "Why so long", shown=False),
        Column("last_run_date", "Last run", kind="day", sort="last_run_date", shown=False),
        Column("next_run_date", "Next run", draw=draw_run, sort="next_run_date"),
        Column("gone_by_date", "Oldest has to go by", draw=draw_oldest, sort="gone_by_date"),
        Column("owner", "Owner", value="owner.name", sort="owner__name", shown=False),
        Column("review_date", "Review", kind="day", sort="review_date", shown=False),
        Column("ended_date", "Ended", kind="day", sort="ended_date", shown=False),
    ),
    empty_title="No retention rules yet",
    empty_text="For each kind of data: from when it is kept, for how long and why, and how it then goes. Begin with "
    "what is left of a closed account.",
)
OF_ORGANISATION = Rows(
    lambda scope: RetentionRule.objects.filter(organisation=scope).select_related(
        "organisation", "item", "system", "owner"
    ),
    scope=UUID,
)
STEPS = {"verify": services.verify_run}
SAID = {"verify": "The run is verified."}


@organisation_view("view", kind="flow")
@require_safe
def retention_rules(request: Request, organisation: Organisation) -> HttpResponse:
    add: dict[str, Any] = {}
    if request.can.edit:
        add = {"add_url": _url(organisation, "retention_add"), "add_label": "Add a rule"}
    rows = OF_ORGANISATION(scope=organisation.pk)
    return RULES.respond(request, rows, template="dataflows/inventory_list.html", sheet_key="retention-rules", **add)


@organisation_view("view", kind="flow")
@require_safe
def retention_rule(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    return _show(request, organisation, _found(organisation, reference))


@organisation_view("edit", kind="flow")
def retention_add(request: Request, organisation: Organisation) -> HttpResponse:
    form = RuleForm(request.POST or None, organisation=organisation, at=timezone.now())

    def save() -> RetentionRule:
        return services.add_rule(organisation=organisation, by=request.user, **form.values())

    back, heading = _url(organisation, "retention_rules"), "Add a retention rule"
    return save_form(request, form, "dataflows/form.html", save, "is in force.", heading=heading, back=back)


@organisation_view("edit", kind="flow")
def retention_edit(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = _found(organisation, reference)
    form = RuleForm(request.POST or None, instance=found, organisation=organisation, at=timezone.now())

    def save() -> RetentionRule:
        return services.change_rule(rule=found, by=request.user, **form.values())

    back, heading = found.get_absolute_url(), f"Change {found}"
    return save_form(request, form, "dataflows/form.html", save, "is saved.", heading=heading, back=back)


@organisation_view("edit", kind="flow")
def retention_end(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = _found(organisation, reference)
    form = ReasonForm(request.POST or None)

    def save() -> RetentionRule:
        return services.end_rule(rule=found, by=request.user, **form.cleaned_data)

    back, heading = found.get_absolute_url(), f"End {found}"
    return save_form(request, form, "dataflows/form.html", save, "is ended.", heading=heading, back=back)


@organisation_view("edit", kind="flow")
def retention_run(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """Record a disposal run; the rule's page shows the form, too."""
    found = _found(organisation, reference)
    form = RunForm(request.POST or None, organisation=organisation, initial={"run_date": timezone.now().date()})

    def save() -> str:
        run = services.record_run(rule=found, by=request.user, **form.values())
        return run.get_absolute_url()

    back, heading = found.get_absolute_url(), f"Record a disposal run of {found}"
    note = f"{found.about}, {found.where.lower()}: {found.said}."
    return save_form(
        request, form, "dataflows/form.html", save, "The run is recorded.", heading=heading, back=back, note=note
    )


@organisation_view("edit", kind="flow")
def retention_verify(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    rows = DisposalRun.objects.in_organisation(organisation).select_related("rule__organisation", "proof")
    run = get_object_or_404(rows, reference=reference)
    return take_step(request, STEPS, run.get_absolute_url(), SAID, run=run, by=request.user)


def _show(request: Request, organisation: Organisation, found: RetentionRule) -> HttpResponse:
    today: date = now_read().date()
    runs = found.runs.select_related("proof__organisation", "proof__project", "recorded_by", "verified_by")
    seen = ProcessingActivity.objects.seen_by(request.user, organisation).present()
    records = seen.filter(data__rule=found).select_related("organisation", "project").distinct()
    context = {
        "rule": found,
        "runs": list(runs[:50]),
        "records": records.order_by("reference")[:100],
        "overrun": found.is_overrun(today),
        "run_due": found.ended_date is None and found.next_run_date is not None and found.next_run_date < today,
        "may_edit": request.can.edit and found.ended_date is None,
        "list_url": _url(organisation, "retention_rules"),
        "history_url": reverse(
            "timeline:organisation_record", args=[organisation.slug, found._meta.label_lower, found.pk]
        ),
    }
    return render(request, "dataflows/retention_rule.html", context)


def _url(organisation: Organisation, name: str) -> str:
    return reverse(f"dataflows:{name}", args=[organisation.slug])


def _found(organisation: Organisation, reference: str) -> RetentionRule:
    rows = RetentionRule.objects.in_organisation(organisation)
    return get_object_or_404(rows.select_related("organisation", "item", "system", "owner"), reference=reference)
