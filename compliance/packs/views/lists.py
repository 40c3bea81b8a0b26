"""The packs of a project or an organisation, and asking for one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from compliance.packs import services
from compliance.packs.forms import OrganisationPackFilter, PackFilter, PackForm, usual_period
from compliance.packs.models import KEPT, EvidencePack
from compliance.packs.types import PACK_TYPES
from compliance.packs.views.scoped import either, page, reads_issued_only
from compliance.prepared import Rows
from compliance.projects.access import Request, organisation_view, project_view
from compliance.projects.models import Organisation, Project
from compliance.ui.register import Column, Register

COLUMNS = (
    Column("reference", "Pack", kind="reference", sort="reference"),
    Column("type", "Kind", kind="main", sort="type"),
    Column("edition", "Version", sort="edition"),
    Column("state", "State", template="packs/_state.html", sort="state"),
    Column("as_at", "As at", kind="moment", sort="as_at"),
    Column("period", "Period", value=lambda pack: str(pack.period)),
    Column("profile", "For", sort="profile"),
    Column("issued_at", "Issued", kind="day", sort="issued_at"),
    Column("pages", "Pages", value=lambda pack: pack.pages or None, kind="number", sort="pages", shown=False),
    Column("requested_by", "Asked for by", value="requested_by.name", sort="requested_by__name"),
    Column("requested_at", "Asked for", kind="moment", sort="requested_at", shown=False),
)
EMPTY = (
    "A pack is what an auditor takes away: the records as they stood at a moment, with their evidence and their proof."
)
PACKS = Register(
    key="packs",
    noun="pack",
    order="-requested_at",
    columns=COLUMNS,
    filterset=PackFilter,
    empty_title="No packs yet",
    empty_text=EMPTY,
)
PROJECT = Column("project", "Project", value=lambda pack: str(pack.scope), sort="project__name")
ORGANISATION_PACKS = Register(
    key="organisation-packs",
    noun="pack",
    order="-requested_at",
    columns=(COLUMNS[0], PROJECT, *COLUMNS[1:]),
    filterset=OrganisationPackFilter,
    empty_title="No packs yet",
    empty_text=EMPTY,
)


def _complete(rows: Any, issued_only: bool) -> Any:
    rows = rows.select_related("project", "organisation", "requested_by")
    return rows.filter(state__in=KEPT) if issued_only else rows


def _of_project(issued_only: bool) -> Rows:
    return Rows(lambda scope: _complete(EvidencePack.objects.filter(project=scope), issued_only), scope=UUID)


def _of_organisation(issued_only: bool) -> Rows:
    return Rows(
        lambda scope, user, now: _complete(
            EvidencePack.objects.filter(organisation=scope).seen_by(user, now), issued_only
        ),
        scope=UUID,
        user=UUID,
        now=datetime,
    )


OF_PROJECT = {issued_only: _of_project(issued_only) for issued_only in (False, True)}
OF_ORGANISATION = {issued_only: _of_organisation(issued_only) for issued_only in (False, True)}


@project_view("view", kind="pack")
@require_safe
def packs(request: Request, project: Project) -> HttpResponse:
    rows = OF_PROJECT[reads_issued_only(request.can.roles)](scope=project.pk)
    return _listed(request, PACKS, rows, "packs:pack_add")


@organisation_view("view", kind="pack")
@require_safe
def organisation_packs(request: Request, organisation: Organisation) -> HttpResponse:
    asked = {"scope": organisation.pk, "user": request.user.pk, "now": timezone.now()}
    rows = OF_ORGANISATION[reads_issued_only(request.can.roles)](**asked)
    return _listed(request, ORGANISATION_PACKS, rows, "packs:organisation_pack_add")


def _listed(request: Request, register: Register, rows: Any, add: str) -> HttpResponse:
    return register.respond(
        request,
        rows,
        url=EvidencePack.get_absolute_url,
        template="packs/pack_list.html",
        add_url=reverse(add, args=[request.scope.slug]) if request.can.edit else "",
        add_label="Ask for a pack",
    )


@either("edit")
@require_http_methods(["GET", "POST"])
def pack_add(request: Request, scope: Organisation | Project) -> HttpResponse:
    form = PackForm(request.POST or None, scope=scope, initial=_usual(request, scope))
    if form.is_valid():
        data = form.cleaned_data
        try:
            wanted = {name: data[name] for name in ("type", "subject", "as_at", "period", "profile")}
            pack = services.request_pack(scope=scope, by=request.user, **wanted)
        except services.PackRefused as error:
            form.add_error(None, str(error))
        else:
            if pack.requested_by_id != request.user.pk:
                asker = pack.requested_by.name if pack.requested_by else "The command line"
                messages.info(request, f"{asker} asked for the same pack a moment ago: this is it.")
            return redirect(pack)
    kinds: Any = form.fields["type"]
    context = {"form": form, "scope": scope, "types": [PACK_TYPES[key] for key, _ in kinds.choices]}
    return page(request, "packs/pack_add.html", context, bad=bool(form.errors))


def _usual(request: Request, scope: Organisation | Project) -> dict[str, Any]:
    """What is most likely wanted: the kind asked for by the link, the time since its last issue, as at today."""
    today = timezone.now().date()
    asked = {"type": "project_app" if isinstance(scope, Project) else "isms_27001"}
    asked |= {name: request.GET[name] for name in ("type", "profile", "subject") if name in request.GET}
    issued = EvidencePack.objects.in_scope(scope).kept().filter(**asked).order_by("-issued_at").first()
    start, end = usual_period(issued, today)
    return {"as_at": today, "period_start": start, "period_end": end, **asked}
