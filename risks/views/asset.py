"""Assets: list, page, form, and taking one out of use."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from compliance.projects.access import Request, Scope
from compliance.projects.models import Project
from compliance.projects.panels import panels_at
from compliance.ui.register import Column, Register
from compliance.ui.templatetags.ui import level
from risks import services
from risks.forms.acceptance import RevokeForm
from risks.forms.asset import AssetFilter, AssetForm
from risks.models import Asset, AssetNeed, Level, Risk
from risks.views.place import place
from risks.views.register import where
from risks.views.scopes import carried_out, scoped_view


def draw_exposure(asset: Asset, value: Any) -> str:
    """The level of the worst open risk that touches it."""
    return level(list(Level)[value].value) if value is not None else ""


COLUMNS = (
    Column("reference", "Reference", kind="reference", sort="reference"),
    Column("name", "Asset", kind="main", sort="name"),
    Column("kind", "Kind", value=lambda row: row.get_kind_display(), sort="kind"),
    Column("rank", "Rank", value=lambda row: row.rank.capitalize(), sort="rank"),
    Column("value", "Value", kind="number", sort="value"),
    Column("values", "C I A"),
    Column("exposure", "Worst risk", draw=draw_exposure, sort="exposure"),
    Column("risk_count", "Risks", kind="number", sort="risk_count"),
    Column("owner", "Owner", value="owner.name", sort="owner__name"),
    Column("custodian", "Custodian", value="custodian.name", sort="custodian__name", shown=False),
    Column("project", "Project", value=where, sort="project__name", shown=False),
    Column("review_date", "Next review", kind="day", sort="review_date", shown=False),
)
ASSETS = Register(
    key="assets",
    noun="asset",
    columns=COLUMNS,
    order="-value",
    filterset=AssetFilter,
    empty_title="No assets yet",
    empty_text="What is worth protecting: information and services first, then what carries them, each with an owner "
    "and what its loss would mean.",
)


def _rows(request: Request, scope: Scope) -> Any:
    rows = Asset.objects.weighed().select_related("owner", "custodian", "project", "organisation")
    if isinstance(scope, Project):
        return rows.for_project(scope)
    return rows.in_organisation(scope).seen_by(request.user)


@scoped_view("view")
@require_safe
def assets(request: Request, scope: Scope) -> HttpResponse:
    """The register; those out of use only when asked for."""
    rows = _rows(request, scope)
    if request.GET.get("show") != "retired":
        rows = rows.used()
    return ASSETS.respond(
        request,
        rows,
        template="risks/asset_list.html",
        add_url=place(scope, "asset_add") if request.can.edit else "",
        add_label="Add an asset",
    )


@scoped_view("view")
@require_safe
def asset(request: Request, scope: Scope, reference: str) -> HttpResponse:
    row = get_object_or_404(_rows(request, scope), reference=reference)
    risks = Risk.objects.filter(links__asset=row).weighed().seen_by(request.user)
    context = {
        "asset": row,
        "needs": _linked(row.needs.all(), "needed"),
        "needed_by": _linked(row.needed_by.all(), "asset"),
        "risks": risks.select_related("project", "organisation", "owner").order_by("reference")[:100],
        "urls": {name: place(scope, name, row.reference) for name in ("asset_edit", "asset_retire")},
        "assets_url": place(scope, "assets"),
        "may_edit": request.can.edit and row.retired_at is None and row.project == _project(scope),
        "panels": panels_at("asset", row, request.can, request.user),
    }
    return render(request, "risks/asset.html", context)


def _project(scope: Scope) -> Project | None:
    return scope if isinstance(scope, Project) else None


def _linked(rows: Any, end: str) -> Iterator[Asset]:
    links: list[AssetNeed] = list(rows.select_related(f"{end}__project", f"{end}__organisation"))
    return (getattr(link, end) for link in links)


@scoped_view("edit")
def asset_add(request: Request, scope: Scope) -> HttpResponse:
    project = _project(scope)
    form = AssetForm(request.POST or None, scope=scope, initial={"rank": Asset.Rank.PRIMARY})
    fixed = {"organisation": project.organisation if project else scope, "project": project}
    if made := carried_out(request, form, services.add_asset, **fixed):
        messages.success(request, f"{made.reference} is on the register.")
        return redirect(made)
    context = {"form": form, "heading": "Add an asset", "save": "Add", "back_url": place(scope, "assets")}
    return render(request, "risks/form.html", context, status=422 if form.errors else 200)


def _own(scope: Scope, reference: str) -> Asset:
    rows = Asset.objects.select_related("project", "organisation")
    own = rows.in_project(scope) if isinstance(scope, Project) else rows.in_organisation(scope).shared()
    return get_object_or_404(own, reference=reference)


@scoped_view("edit")
def asset_edit(request: Request, scope: Scope, reference: str) -> HttpResponse:
    row = _own(scope, reference)
    initial = {name: getattr(row, name) for name in AssetForm.base_fields if name != "needs"}
    initial["needs"] = [link.needed_id for link in row.needs.all()]
    form = AssetForm(request.POST or None, scope=scope, asset=row, initial=initial)
    if carried_out(request, form, services.update_asset, asset=row):
        messages.success(request, f"{row.reference} is saved.")
        return redirect(row)
    context = {"form": form, "heading": f"Edit {row.reference}", "save": "Save", "back_url": row.get_absolute_url()}
    return render(request, "risks/form.html", context, status=422 if form.errors else 200)


@scoped_view("edit")
def asset_retire(request: Request, scope: Scope, reference: str) -> HttpResponse:
    row = _own(scope, reference)
    form = RevokeForm(request.POST or None)
    if carried_out(request, form, services.retire_asset, asset=row):
        messages.success(request, f"{row.reference} is out of use.")
        return redirect(row)
    lead = "It leaves the register of what is in use; its history and its links stay."
    context = {"form": form, "heading": f"Take {row.reference} out of use", "save": "Out of use", "lead": lead}
    context["back_url"] = row.get_absolute_url()
    return render(request, "risks/form.html", context, status=422 if form.errors else 200)
