"""How a person is told what waits for them: mail, and a calendar only its address opens."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from compliance.accounts.access import PersonRequest, public_view
from compliance.ledger import Refused
from compliance.projects.access import Request, organisation_view, signed_in_view
from compliance.projects.models import Organisation
from compliance.tasks.forms.mail import MailForm
from compliance.tasks.models import ReminderRun, stale_since
from compliance.tasks.reminding import terms
from compliance.tasks.services import calendar
from compliance.ui.register import Column, Register

RUNS = Register(
    key="reminder-runs",
    noun="day",
    title="Reminders",
    order="-on_date",
    columns=(
        Column("on_date", "Day", kind="day", sort="on_date"),
        Column("ran_at", "Last run", kind="moment", sort="ran_at"),
        Column("due", "Falls due within 60 days", kind="number", sort="due"),
        Column("overdue", "Overdue", kind="number", sort="overdue"),
        Column("digests", "Digests mailed", kind="number", sort="digests"),
        Column("urgent", "Could not wait", kind="number", sort="urgent"),
        Column("escalated", "Told to somebody else", kind="number", sort="escalated"),
        Column("failed", "Failed", kind="number", sort="failed"),
    ),
    empty_title="Reminders never ran",
    empty_text="The clock (celery beat) and a worker send them. Each day on which they ran stands here, also when "
    "there was nothing to tell.",
)


@never_cache
@signed_in_view
def mail(request: PersonRequest) -> HttpResponse:
    kept = calendar.preference_of(request.user)
    form = MailForm(request.POST if request.method == "POST" else None, instance=kept)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, "Kept. It counts from the next mail on.")
        return redirect("tasks:mail")
    context = {"form": form, "kept": kept, "terms": terms()}
    return render(request, "tasks/mail.html", context, status=422 if form.errors else 200)


@never_cache
@signed_in_view
@require_POST
def calendar_make(request: PersonRequest) -> HttpResponse:
    """A new calendar address, shown on this answer and never again."""
    secret = calendar.make_calendar(user=request.user, at=timezone.now())
    address = f"{settings.ASSAY_URL}{reverse('tasks:calendar', args=[secret])}"
    kept = calendar.preference_of(request.user)
    context = {"form": MailForm(instance=kept), "kept": kept, "address": address, "terms": terms()}
    return render(request, "tasks/mail.html", context)


@signed_in_view
@require_POST
def calendar_close(request: PersonRequest) -> HttpResponse:
    try:
        calendar.stop_calendar(user=request.user)
        messages.success(request, "The calendar address is switched off.")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("tasks:mail")


@never_cache
@public_view
@require_safe
def calendar_feed(request: PersonRequest, secret: str) -> HttpResponse:
    """What waits for whoever's secret it is; any other address is no page."""
    user = calendar.owner_of(secret)
    if user is None:
        raise Http404
    answer = HttpResponse(calendar.calendar_of(user, timezone.now()), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="assay.ics"'
    return answer


@organisation_view("edit", kind="organisation")
@require_safe
def runs(request: Request, organisation: Organisation) -> HttpResponse:
    """The days on which reminders ran."""
    rows = ReminderRun.objects.in_organisation(organisation)
    stale = stale_since(organisation)
    context = {"stale": stale, "never": stale is False, "terms": terms()}
    return RUNS.respond(request, rows, url=lambda row: "", template="tasks/runs.html", **context)
