"""Key figures over time, and what rises if a control fails."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from compliance.ledger.moment import now_read
from compliance.projects.access import Request, Scope
from compliance.projects.models import Project
from compliance.ui.register import Column, Register
from controls.models import Implementation
from risks.figures import Month, figures, trends
from risks.models import Level, Risk
from risks.reading import with_rise
from risks.rising import picture, rises
from risks.services.positions import counts
from risks.views.place import place
from risks.views.scopes import scoped_view


def streams_seen(scope: Scope, user: Any) -> list[str]:
    """The histories a person may read in a scope: the project's, or the organisation's and those of its projects."""
    if isinstance(scope, Project):
        return [scope.stream]
    projects = Project.objects.visible_to(user).in_organisation(scope).only("pk")
    return [scope.stream, *(one.stream for one in projects)]


@scoped_view("view")
@require_safe
def key_figures(request: Request, scope: Scope) -> HttpResponse:
    """A year of months, rebuilt from the history and kept until anything is recorded."""
    organisation = scope.organisation if isinstance(scope, Project) else scope

    def read() -> dict[str, list[Month]]:
        return {"months": figures(streams_seen(scope, request.user), organisation.stream, now_read())}

    months = request.keep("risk figures", read)["months"]
    context = {
        "months": months[::-1],
        "levels": [level.value for level in reversed(Level)],
        "pictures": trends(months),
        "register_url": place(scope, "register"),
        "heat_map_url": place(scope, "heat_map"),
    }
    return render(request, "risks/figures.html", context)


FAILING = Register(
    key="failing",
    noun="control risks rely on",
    plural="controls risks rely on",
    title="If a control fails",
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("control", "Control", kind="main", value="control.title", sort="control__title"),
        Column("status", "Status", kind="state", sort="status"),
        Column("effectiveness", "Effectiveness", value=lambda row: row.get_effectiveness_display()),
        Column("counted", "Counts today", value=lambda row: "yes" if counts(row) else "no"),
        Column("risk_count", "Risks that rely on it", kind="number", sort="risk_count"),
        Column("owner", "Owner", value="owner.name", sort="owner__name"),
    ),
    order="-risk_count",
    empty_title="No risk relies on a control yet",
    empty_text="Link controls on the pages of risks; then this page says what would rise if one of them failed.",
)


def _relied_on(request: Request, scope: Scope) -> Any:
    risks = Risk.objects.reaching(scope).seen_by(request.user).open()
    counted = Count("risk_links", filter=Q(risk_links__risk__in=risks.values("pk")), distinct=True)
    rows = Implementation.objects.annotate(risk_count=counted).filter(risk_count__gt=0)
    organisation = scope.organisation if isinstance(scope, Project) else scope
    return rows.filter(organisation=organisation).select_related("control", "owner", "project", "organisation")


@scoped_view("view")
@require_safe
def failing(request: Request, scope: Scope) -> HttpResponse:
    return FAILING.respond(
        request,
        lambda: _relied_on(request, scope),
        url=lambda row: place(scope, "failing_control", row.reference),
        template="risks/failing_list.html",
    )


@scoped_view("view")
@require_safe
def failing_control(request: Request, scope: Scope, implementation: str) -> HttpResponse:
    """One control: the risks that rely on it, and how far they could rise."""
    row = get_object_or_404(_relied_on(request, scope), reference=implementation)
    risks = with_rise(Risk.objects.reaching(scope).seen_by(request.user).open().filter(controls__implementation=row))
    found = rises(risks, [row.pk])
    context = {
        "implementation": row,
        "counted": counts(row),
        "rises": found,
        "picture": picture(found, row.reference),
        "failing_url": place(scope, "failing"),
        "may_open": request.can.implementation.view,
    }
    return render(request, "risks/failing.html", context)
