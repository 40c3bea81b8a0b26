"""Notices, consents and store labels of a project: the lists, and what is said about each over its versions."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.ledger.moment import now_read
from compliance.projects.access import Request, project_view
from compliance.projects.models import Project
from compliance.ui.register import Column, Register
from compliance.ui.templatetags.ui import state
from dataflows import services, vocabulary
from dataflows.forms.told import ConsentForm, DeclarationForm, LabelFilter, NoticeForm, ToldFilter
from dataflows.models import Consent, DataFlow, Notice, StoreDeclaration
from dataflows.models.told import STANDINGS
from dataflows.told_vocabulary import ages_in, edition
from dataflows.views.answer import save_form

STANDING = {**dict(STANDINGS), "superseded": "Superseded"}
TABS = (("notices", "Notices"), ("consents", "Consent"), ("declarations", "Store labels"), ("consent_ages", "Ages"))


@dataclass(frozen=True)
class Kind:
    """A kind of what people are told: its model, form and pages."""

    model: Any
    form: Any
    noun: str
    pages: str
    page: str


KINDS = {
    "PN": Kind(Notice, NoticeForm, "notice", "notices", "notice"),
    "CN": Kind(Consent, ConsentForm, "consent", "consents", "consent"),
    "SL": Kind(StoreDeclaration, DeclarationForm, "store label", "declarations", "declaration"),
}


def about_or_404(project: Project, reference: str, only: Any = None) -> Any:
    """The notice, consent or label of a reference; with `only`, one of that model."""
    kind = KINDS.get(reference.partition("-")[0])
    if kind is None or only not in (None, kind.model):
        raise Http404
    rows = kind.model.objects.in_project(project).select_related("project__organisation", "owner")
    if kind.model is StoreDeclaration:
        rows = rows.select_related("target")
    return get_object_or_404(rows, reference=reference)


def drawn_standing(row: Any, value: Any) -> str:
    """The state; one whose review is due says so in colour, too."""
    tone = "warn" if value in {"review_due", "review_overdue"} else ""
    return str(state(value, STANDING.get(value, "No version"), tone))


LAST: tuple[Column, ...] = (
    Column("published", "Version", value=lambda row: row.published and f"v{row.published}", sort="published"),
    Column("published_at", "Published", kind="day", sort="published_at"),
    Column("review_date", "Next review", kind="day", sort="review_date"),
    Column("standing", "State", kind="state", sort="standing", draw=drawn_standing),
    Column("owner", "Owner", value="owner.name", sort="owner__name", shown=False),
)
NOTICES = Register(
    key="notices",
    noun="notice",
    title="Notices",
    order="reference",
    filterset=ToldFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("title", "Notice", kind="main", sort="title"),
        Column("language", "Language", sort="language"),
        Column("place", "Place in the app", sort="place"),
        *LAST,
        Column("article", "Article", sort="article", shown=False),
        Column("listing_url", "Link in the store", shown=False),
    ),
    empty_title="No notices yet",
    empty_text="What people are told about their data: one notice for each language, with all its versions.",
)
CONSENTS = Register(
    key="consents",
    noun="consent",
    title="Consent",
    order="reference",
    filterset=ToldFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("title", "Consent", kind="main", sort="title"),
        Column("screen", "Screen", sort="screen"),
        Column("granularity", "Asked", sort="granularity"),
        Column("withdrawal", "Withdrawn by", sort="withdrawal"),
        *LAST,
        Column("purposes", "Purposes", value=lambda row: "; ".join(row.purpose_lines), shown=False),
        Column("proof_kept", "Kept of each", sort="proof_kept", shown=False),
        Column("language", "Language", sort="language", shown=False),
    ),
    empty_title="No consents yet",
    empty_text="Each question people are asked for consent, with its wording, how it is withdrawn and what shows it. "
    "No consent of a single person is kept here, only counts.",
)
DECLARATIONS = Register(
    key="declarations",
    noun="store label",
    title="Store labels",
    order="reference",
    filterset=LabelFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("target", "Listing", kind="main", value=lambda row: row.target.app_id, sort="target__app_id"),
        Column("store", "Store", sort="store"),
        *LAST,
    ),
    empty_title="No store labels yet",
    empty_text="What Google Play and the App Store are told about the app, compared with what its flows do.",
)


def tabs(project: Project, here: str) -> list[tuple[str, str, bool]]:
    """Label and address of the pages beside each other, and which one this is."""
    return [(label, reverse(f"dataflows:{page}", args=[project.slug]), page == here) for page, label in TABS]


def _list(request: Request, project: Project, register: Register, kind: Kind, related: tuple[str, ...]) -> HttpResponse:
    def rows() -> Any:
        found = kind.model.objects.in_project(project).with_standing(now_read().date())
        return found.select_related(*related)

    add: dict[str, Any] = {
        "add_url": reverse(f"dataflows:{kind.page}_add", args=[project.slug]),
        "add_label": f"Add a {kind.noun}",
    }
    return register.respond(
        request,
        rows,
        template="dataflows/told_list.html",
        tabs=tabs(project, kind.pages),
        **(add if request.can.edit else {}),
    )


@project_view("view", kind="flow")
@require_safe
def notices(request: Request, project: Project) -> HttpResponse:
    return _list(request, project, NOTICES, KINDS["PN"], ("project", "owner"))


@project_view("view", kind="flow")
@require_safe
def consents(request: Request, project: Project) -> HttpResponse:
    return _list(request, project, CONSENTS, KINDS["CN"], ("project", "owner"))


@project_view("view", kind="flow")
@require_safe
def declarations(request: Request, project: Project) -> HttpResponse:
    return _list(request, project, DECLARATIONS, KINDS["SL"], ("project", "owner", "target"))


@project_view("view", kind="flow")
@require_safe
def consent_ages(request: Request, project: Project) -> HttpResponse:
    """From which age children consent by themselves, in the countries the app is used in first."""
    day, here = now_read().date(), project.countries.split()
    subjects = DataFlow.objects.in_project(project).present().values_list("subject_categories", flat=True)
    rows = ages_in([], day)
    context = {
        "rows": [row for row in rows if row.country in here],
        "others": [row for row in rows if row.country not in here],
        "unknown": [vocabulary.country_name(code) for code in here if code not in {row.country for row in rows}],
        "children": any(vocabulary.is_minor(codes) for codes in subjects),
        "edition": edition("consent_ages.json"),
        "tabs": tabs(project, "consent_ages"),
    }
    return render(request, "dataflows/consent_ages.html", context)


def _add(request: Request, project: Project, kind: Kind) -> HttpResponse:
    form = kind.form(request.POST or None, project=project)

    def save() -> Any:
        return services.add_told(project=project, model=kind.model, by=request.user, **form.values())

    back = reverse(f"dataflows:{kind.pages}", args=[project.slug])
    heading = f"Add a {kind.noun}"
    return save_form(
        request, form, "dataflows/form.html", save, "is entered: write it next.", heading=heading, back=back
    )


@project_view("edit", kind="flow")
def notice_add(request: Request, project: Project) -> HttpResponse:
    return _add(request, project, KINDS["PN"])


@project_view("edit", kind="flow")
def consent_add(request: Request, project: Project) -> HttpResponse:
    return _add(request, project, KINDS["CN"])


@project_view("edit", kind="flow")
def declaration_add(request: Request, project: Project) -> HttpResponse:
    return _add(request, project, KINDS["SL"])


@project_view("edit", kind="flow")
def told_edit(request: Request, project: Project, reference: str) -> HttpResponse:
    about = about_or_404(project, reference)
    form = KINDS[reference.partition("-")[0]].form(request.POST or None, instance=about, project=project)

    def save() -> Any:
        return services.change_told(about=about, by=request.user, **form.values())

    back = about.get_absolute_url()
    return save_form(
        request, form, "dataflows/form.html", save, "is saved.", heading=f"About {about.reference}", back=back
    )
