"""Frameworks, requirements and crosswalks, read by everybody in the organisation."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from compliance.prepared import Rows
from compliance.projects.access import organisation_view
from compliance.projects.models import Organisation
from compliance.ui.register import Column, Register
from controls.forms.catalogue import CrosswalkForm, LicensedTextForm, RequirementFilter, TreeFilterForm
from controls.models import Crosswalk, Edition, LicensedText, Mapping, Requirement
from controls.services.catalogue import framework_tree, write_licensed_text
from controls.services.catalogue_schema import REF
from controls.services.crosswalk import compare, counterparts
from controls.services.oscal import may_leave

OPEN_UP_TO = 60

EDITIONS = Register(
    key="frameworks",
    noun="edition",
    title="Frameworks",
    columns=(
        Column("label", "Framework", kind="main", sort="label"),
        Column("title", "Title"),
        Column("published", "Published", value="published_words", sort="published"),
        Column("status", "Status", kind="state", sort="status"),
        Column("requirement_count", "Rows", kind="number", sort="requirement_count"),
        Column("assessable_count", "Assessed", kind="number", sort="assessable_count"),
        Column("confidence", "Confidence", template="controls/catalogue_confidence.html"),
    ),
    empty_title="No framework is loaded yet",
    empty_text="Standards, laws and store rules stand here once they are loaded: run manage.py load_catalogues.",
)
REQUIREMENTS = Register(
    key="requirements",
    noun="requirement",
    filterset=RequirementFilter,
    columns=(
        Column("ref", "Number", kind="reference", sort="ref"),
        Column("title", "Title", kind="main", sort="title"),
        Column("edition", "Framework", value="edition.label", sort="edition__position"),
        Column("level", "Kind", sort="level"),
        Column("assessable", "Assessed", kind="flag", sort="assessable"),
        Column("relevance", "For apps", sort="relevance"),
        Column("summary", "In our words", shown=False),
        Column("source", "Source", shown=False),
        Column("confidence", "Confidence", template="controls/catalogue_confidence.html", shown=False),
    ),
    empty_title="No framework is loaded yet",
    empty_text="Run manage.py load_catalogues.",
)


FRAMEWORKS = Rows(lambda scope: Edition.objects.visible_in(scope).with_counts(), scope=UUID)
IN_FORCE = Rows(
    lambda scope: (
        Requirement.objects.visible_in(scope)
        .live()
        .select_related("edition")
        .order_by("edition__position", "edition__key", "position")
    ),
    scope=UUID,
)


@organisation_view("view", kind="framework")
def frameworks(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    return EDITIONS.respond(
        request,
        lambda: FRAMEWORKS(scope=organisation.pk),
        url=lambda edition: reverse("controls:framework", args=[organisation.slug, edition.key]),
        template="controls/catalogue_list.html",
        **request.keep("catalogue", lambda: _counts(organisation)),  # type: ignore[attr-defined]
    )


def _counts(organisation: Organisation) -> dict[str, int]:
    found = Requirement.objects.visible_in(organisation).live()
    return {"requirements": found.count(), "pairs": Mapping.objects.live().count()}


@organisation_view("view", kind="framework")
def requirements(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    return REQUIREMENTS.respond(
        request,
        lambda: IN_FORCE(scope=organisation.pk),
        url=lambda row: reverse("controls:requirement", args=[organisation.slug, row.edition.key, row.ref]),
        template="controls/catalogue_search.html",
    )


@organisation_view("view", kind="framework")
def framework(request: HttpRequest, organisation: Organisation, edition: str) -> HttpResponse:
    known = Edition.objects.visible_in(organisation).with_counts().select_related("framework", "owner")
    found = get_object_or_404(known, key=edition)
    form = TreeFilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    words, only = asked.get("q", ""), asked.get("assessable", False)
    parts = framework_tree(found, words=words, assessable_only=only)
    shown = sum(len(branch.leaves) for part in parts for branch in part.branches)
    context = {
        "edition": found,
        "form": form,
        "parts": parts,
        "shown": shown,
        "filtered": bool(words or only),
        "open": shown <= OPEN_UP_TO or bool(words),
        "leaves": may_leave(found),
        "siblings": found.framework.editions.exclude(pk=found.pk),
    }
    partial = "#tree" if request.headers.get("HX-Target") == "tree" else ""
    return render(request, f"controls/catalogue_tree.html{partial}", context)


@organisation_view("view", kind="framework")
def requirement(request: HttpRequest, organisation: Organisation, edition: str, ref: str) -> HttpResponse:
    found = _requirement(organisation, edition, ref)
    context = {
        "requirement": found,
        "edition": found.edition,
        "by_edition": counterparts(found),
        "children": Requirement.objects.live().filter(parent=found).order_by("position"),
        "licensed": LicensedText.objects.in_organisation(organisation).filter(requirement=found).first(),
    }
    return render(request, "controls/catalogue_requirement.html", context)


@organisation_view("view", kind="framework")
def crosswalk(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    editions = Edition.objects.visible_in(organisation)
    asked = request.GET if "other" in request.GET else None
    form = CrosswalkForm(asked, initial=request.GET.dict(), editions=editions)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        context["comparison"] = compare(form.cleaned_data["one"], form.cleaned_data["other"])
    else:
        context["crosswalks"] = Crosswalk.objects.with_counts()
    return render(request, "controls/catalogue_crosswalk.html", context, status=422 if form.errors else 200)


@organisation_view("edit", kind="framework")
def licensed_text(request: HttpRequest, organisation: Organisation, edition: str, ref: str) -> HttpResponse:
    found = _requirement(organisation, edition, ref)
    kept = LicensedText.objects.in_organisation(organisation).filter(requirement=found).first()
    form = LicensedTextForm(request.POST) if request.method == "POST" else LicensedTextForm.showing(kept)
    if request.method == "POST" and form.is_valid():
        author: Any = request.user
        write_licensed_text(organisation=organisation, requirement=found, by=author, **form.cleaned_data)
        messages.success(request, f"Licensed text of {found.citation} saved.")
        return redirect("controls:requirement", organisation.slug, edition, ref)
    context = {"requirement": found, "edition": found.edition, "form": form}
    return render(request, "controls/catalogue_licensed_text.html", context, status=422 if form.errors else 200)


def _requirement(organisation: Organisation, edition: str, ref: str) -> Requirement:
    if not REF.fullmatch(ref):
        raise Http404
    known = Requirement.objects.visible_in(organisation)
    rows = known.select_related("edition__framework", "group", "parent")
    return get_object_or_404(rows, edition__key=edition, ref=ref)
