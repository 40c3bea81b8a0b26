"""The requirements of one release: how its build was shown to meet them, what is proposed, and their approval."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from compliance.ledger import Refused
from compliance.ledger.moment import now_read
from compliance.projects.access import Request, project_view
from compliance.projects.forms import ReasonForm
from compliance.projects.models import Project, Release
from compliance.projects.views.forms import attempt, form_page, posted
from compliance.ui.addresses import filled
from compliance.ui.register import Column, Register
from compliance.ui.templatetags.ui import day, state
from risks.forms.requirement import BUILT, DecideForm, MatrixFilter, ResultForm
from risks.models.requirement import Priority, SecurityRequirement
from risks.requirement_proposals import Proposed, proposals
from risks.requirement_reading import WORDS, matrix, speaking_against, standing_of
from risks.services import baseline as baselines
from risks.services import requirement as services
from risks.views.requirement import place


def draw_from(row: SecurityRequirement, value: Any) -> Any:
    """The answer or threat that proposed it, or its source."""
    if row.threat is not None:
        row.threat.project = row.project
        url = row.threat.get_absolute_url()
        return format_html('<a href="{}">{}</a> {}', url, row.threat.reference, row.threat.title)
    because = row.because.removeprefix("Because ") if row.template else ""
    return because[:1].upper() + because[1:] or row.get_source_display()


def draw_shown(row: Any, value: Any) -> Any:
    """What the newest result for this build says, and until when it is waived."""
    word, label = WORDS[row.shown or ""]
    return state(word, f"{label} until {day(row.waived_until)}" if row.shown == "waived" else label)


def draw_by(row: Any, value: Any) -> Any:
    """By what, by whom, when."""
    if not row.here:
        return ""
    one = row.here[0]
    shown = one.control_test or one.evidence
    means = f"{one.get_means_display()} ({shown.reference})" if shown else one.get_means_display()
    by = f"{means}, {one.tester.name}, {day(one.tested_date)}"
    return format_html('{}<br><span class="soft">{}</span>', by, one.note) if one.note else by


MATRIX = Register(
    key="release-requirements",
    noun="requirement",
    order="priority",
    filterset=MatrixFilter,
    selectable=True,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("statement", "What the app has to do", kind="main", sort="statement"),
        Column("priority", "Priority", sort="rank"),
        Column("because", "Because", draw=draw_from),
        Column("cites", "Control, article or rule", shown=False),
        Column("masvs", "MASVS", sort="masvs", shown=False),
        Column("criterion", "Met when", shown=False),
        Column("state", "State", kind="state", sort="state", shown=False),
        Column("shown", "This build", sort="shown", value="shown", draw=draw_shown),
        Column("by", "Shown by", value=lambda row: row.here[0].get_means_display() if row.here else "", draw=draw_by),
        Column("owner", "Owner", value="owner.name", sort="owner__name", shown=False),
    ),
    empty_title="No requirements yet",
    empty_text="What this release has to do for security and privacy, approved before it is built. Take over what "
    "the assessment and the threat model propose.",
)


def _release(project: Project, reference: str) -> Release:
    return get_object_or_404(Release.objects.in_project(project).select_related("project"), reference=reference)


def _crumbs(release: Release, *more: tuple[str, str]) -> list[tuple[str, str]]:
    slug = release.project.slug
    at = filled("projects:release", slug, release.reference)
    return [("Releases", filled("projects:releases", slug)), (f"{release.reference} {release}", at), *more]


@project_view("view", kind="release")
@require_safe
def release_requirements(request: Request, project: Project, reference: str) -> HttpResponse:
    release, on = _release(project, reference), now_read().date()
    standing = standing_of(release, on)
    against = speaking_against(release, standing.rows) if request.can.risk.view else {}
    return MATRIX.respond(
        request,
        lambda: matrix(release, on),
        template="risks/requirement_matrix.html",
        besides=on,
        release=release,
        crumbs=_crumbs(release),
        baseline=standing.baseline,
        figures=standing.figures,
        against=[(row, against[row.pk]) for row in standing.rows if row.pk in against],
        proposed=len(proposals(project, on)),
        add_url=place(project, "requirement_proposals", reference) if request.can.edit else "",
        add_label="Look at what is proposed",
        bulk_url=place(project, "requirement_results", reference),
    )


@project_view("edit", kind="release")
def requirement_proposals(request: Request, project: Project, reference: str) -> HttpResponse:
    """What answers and threats propose: edited on the spot, taken over or declined in one go."""
    release = _release(project, reference)
    offered = proposals(project, now_read().date())
    said = request.POST
    chosen = [one for one in offered if one.key in said.getlist("selected")]
    form = ReasonForm(said if "decline" in said else None)
    back = place(project, "release_requirements", reference)
    if request.method == "POST":
        try:
            if done := _decided(release, chosen, request, form):
                messages.success(request, done)
                return redirect(back)
        except Refused as refused:
            messages.error(request, str(refused))
    context = {
        "release": release,
        "crumbs": _crumbs(release, ("Requirements", back)),
        "lines": [(one, _words(one, said), not said or one in chosen) for one in offered],
        "priorities": Priority.choices,
        "form": form,
        "back": back,
    }
    return render(request, "risks/requirement_proposals.html", context, status=422 if said else 200)


def _words(one: Proposed, said: Any) -> dict[str, str]:
    """The words of a proposal as they were changed on the page."""
    return {
        name: said.get(f"{name}-{one.key}", getattr(one, name)).strip()
        for name in ("statement", "criterion", "priority")
    }


def _decided(release: Release, chosen: list[Proposed], request: Request, form: ReasonForm) -> str:
    """Carry out what was posted; what was done in words, or nothing when the form is not valid."""
    if "decline" in request.POST:
        if not form.is_valid():
            return ""
        made = services.decline_proposals(release=release, proposed=chosen, by=request.user, **form.cleaned_data)
        return f"{len(made)} declined."
    changed = {one.key: _words(one, request.POST) for one in chosen}
    made = services.take_over(release=release, proposed=chosen, changed=changed, by=request.user)
    return f"{len(made)} taken over as drafts. Put them forward to have them approved."


@project_view("edit", kind="release")
def requirement_results(request: Request, project: Project, reference: str) -> HttpResponse:
    """What a test of the build said about the requirements that were selected."""
    release = _release(project, reference)
    asked = {*request.POST.getlist("selected"), *request.GET.getlist("requirement")}
    every = SecurityRequirement.objects.of_release(release).order_by("reference").select_related("project")
    rows = [row for row in every if str(row.pk) in asked or row.reference in asked]
    back = place(project, "release_requirements", reference)
    if not rows:
        messages.info(request, "Select the requirements first.")
        return redirect(back)
    form = ResultForm(
        request.POST if "apply" in request.POST else None,
        project=project,
        initial={"tested_date": now_read().date()},
    )
    if done := attempt(form, lambda: _recorded(release, rows, request, dict(form.cleaned_data))):
        messages.success(request, done)
        return redirect(back)
    context = {"release": release, "rows": rows, "form": form, "back": back}
    context["crumbs"] = _crumbs(release, ("Requirements", back))
    return render(request, "risks/requirement_results.html", context, status=422 if form.errors else 200)


def _recorded(release: Release, rows: list[SecurityRequirement], request: Request, given: dict[str, Any]) -> str:
    if given["verdict"] == BUILT:
        done = services.implement_requirements(requirements=rows, by=request.user, reason=given["note"])
        return f"{done} {'is' if done == 1 else 'are'} built."
    made = services.record_results(requirements=rows, release=release, by=request.user, **given)
    return f"{len(made)} result{'s' if len(made) > 1 else ''} kept for this build."


@project_view("edit", kind="release")
def requirements_put_forward(request: Request, project: Project, reference: str) -> HttpResponse:
    release = _release(project, reference)
    form = ReasonForm(posted(request))
    form.fields["reason"].required, form.fields["reason"].label = False, "What to look at"
    back = place(project, "release_requirements", reference)
    if attempt(form, lambda: baselines.put_forward(release=release, by=request.user, **form.cleaned_data)):
        messages.success(request, "The requirements wait for somebody who did not write them.")
        return redirect(back)
    rows = baselines.rows_of(release)
    return form_page(
        request,
        form,
        heading=f"Put the requirements of {release} forward",
        cancel=back,
        submit="Put them forward",
        intro=f"{len(rows)} requirements as they stand now. A change afterwards asks for approval again.",
        crumbs=_crumbs(release, ("Requirements", back)),
    )


@project_view("approve", kind="release")
def requirements_decide(request: Request, project: Project, reference: str) -> HttpResponse:
    release = _release(project, reference)
    form = DecideForm(posted(request))
    back = place(project, "release_requirements", reference)
    if done := attempt(form, lambda: baselines.decide_baseline(release=release, by=request.user, **form.cleaned_data)):
        messages.success(request, f"The requirements of {release}: {done.get_state_display().lower()}.")
        return redirect(back)
    return form_page(
        request,
        form,
        heading=f"Approve the requirements of {release}",
        cancel=back,
        submit="Decide",
        points=[f"{row.reference} {row.get_priority_display()}: {row.statement}" for row in baselines.rows_of(release)],
        crumbs=_crumbs(release, ("Requirements", back)),
    )
