"""Bulk review: the risks that are due, fifty in one sitting, by keys alone."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, F, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render

from compliance.ledger.moment import now_read
from compliance.projects.access import Request, Scope
from compliance.projects.models import Project
from risks import services
from risks.changed import changed_since
from risks.forms.queue import QueueForm
from risks.models import Reassessment, Risk, RiskMethod
from risks.reading import with_everything
from risks.services.sitting import MOST
from risks.views.place import place
from risks.views.scopes import carried_out, scoped_view


def due_in(request: Request, scope: Scope, everything: bool) -> Any:
    """Assessed risks that are due (or all open ones), those that waited longest first."""
    asked = Reassessment.objects.open().filter(target_id=OuterRef("pk"), notice=False)
    rows = Risk.objects.reaching(scope).seen_by(request.user).open().filter(positions__kind="current")
    if not everything:
        late = Q(next_review_date__lte=now_read().date()) | Q(state=Risk.State.REVIEW_DUE)
        rows = rows.filter(late | Exists(asked))
    return rows.order_by(F("next_review_date").asc(nulls_last=True), "reference")


@scoped_view("edit")
def queue(request: Request, scope: Scope) -> HttpResponse:
    everything = request.GET.get("show") == "open"
    rows = due_in(request, scope, everything)
    count = rows.count()
    posted = [key for key in request.POST.getlist("risk") if _is_key(key)]
    if request.method == "POST":
        rows = Risk.objects.reaching(scope).seen_by(request.user).open().filter(pk__in=posted)
    risks = list(with_everything(rows)[:MOST])
    organisation = scope.organisation if isinstance(scope, Project) else scope
    form = QueueForm(request.POST or None, risks=risks, method=RiskMethod.objects.in_force(organisation))
    if done := carried_out(request, form, services.review_risks):
        said = f"{len(done)} risk{'' if len(done) == 1 else 's'} reviewed."
        messages.success(request, said)
        return redirect(request.get_full_path())
    changed, asked = changed_since(risks), _asked(risks)
    context = {
        "form": form,
        "cards": [(card, asked[card.risk.pk], changed.get(card.risk.pk, [])) for card in form.cards],
        "count": count,
        "everything": everything,
        "register_url": place(scope, "register"),
        "today": now_read().date(),
    }
    return render(request, "risks/queue.html", context, status=422 if form.errors else 200)


def _is_key(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _asked(risks: list[Risk]) -> dict[UUID, list[Reassessment]]:
    found: dict[UUID, list[Reassessment]] = defaultdict(list)
    for row in Reassessment.objects.open().about(*risks).order_by("due_date"):
        found[row.target_id].append(row)
    return found
