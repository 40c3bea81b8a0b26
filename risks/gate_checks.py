"""What the gates of a release ask of threat models, impact assessments, vulnerabilities and components.

Those about requirements stand in requirement_gates.py.
"""

from collections.abc import Iterator
from datetime import datetime
from importlib import import_module

from django.db.models import Q

from compliance.artefacts.models import Artefact
from compliance.projects.models import Release
from compliance.releases.registry import Blocker, few, gate_check
from compliance.tasks.models import Task
from compliance.ui.addresses import filled
from dataflows.models import ProcessingActivity
from risks.models import Component, ImpactAssessment, ThreatModel, Vulnerability

SECURITY, OWNER, DPO = "Whoever does security", "Product owner", "Data protection officer"


@gate_check("G2", "threat_model", "The threat model is current", kind="risk", order=20)
def threat_model(release: Release, at: datetime) -> Iterator[Blocker]:
    """An approved model whose review is not overdue and whose range of releases does not end before this one."""
    page = filled("risks:threat_models", release.project.slug)
    models = ThreatModel.objects.in_project(release.project).filter(state="approved").select_related("to_release")
    found = list(models)
    if not found:
        yield Blocker("No threat model of this app is approved.", page, SECURITY)
    for one in found:
        ends = one.to_release
        if one.review_date and one.review_date < at.date():
            yield Blocker(f"{one}: its review was due {one.review_date:%-d %b %Y}.", one.get_absolute_url(), SECURITY)
        elif ends and ends.pk != release.pk and ends.released_at:
            text = f"{one} is valid up to release {ends.name}: look whether it holds for {release.name}."
            yield Blocker(text, one.get_absolute_url(), SECURITY)


@gate_check("G2", "screening", "Every record of processing is screened", kind="flow", order=50)
def screening(release: Release, at: datetime) -> list[Blocker]:
    """Whether an impact assessment is needed is decided before it is built (GDPR Art. 35(1))."""
    status = ProcessingActivity.Dpia
    rows = ProcessingActivity.objects.in_project(release.project).present()
    rows = rows.filter(dpia_status__in=[status.NOT_SCREENED, status.REQUIRED]).order_by("reference")
    blockers = [
        Blocker(
            f"{one.reference} {one.name}: impact assessment {one.get_dpia_status_display().lower()}.",
            filled("dataflows:project_activity", release.project.slug, one.reference),
            DPO,
        )
        for one in rows
    ]
    return few(blockers, "see the records of processing", who=DPO)


@gate_check("G3", "vulnerabilities", "Vulnerabilities are within their time", kind="risk", order=20)
def vulnerabilities(release: Release, at: datetime) -> list[Blocker]:
    """Critical ones, those that are exploited, and those past their day hold a release."""
    rows = Vulnerability.objects.in_project(release.project).open()
    late = Q(due_date__lt=at.date()) | Q(pk__in=rows.grave().values("pk"))
    blockers = [
        Blocker(
            f"{one.reference} {one.title}: {one.get_severity_display().lower()}"
            + (f", was due {one.due_date:%-d %b %Y}." if one.due_date and one.due_date < at.date() else "."),
            one.get_absolute_url(),
            SECURITY,
        )
        for one in rows.filter(late).select_related("project").order_by("due_date", "reference")
    ]
    return few(blockers, "see the vulnerabilities", filled("risks:vulnerabilities", release.project.slug))


@gate_check("G3", "components", "The components of this release are known", kind="risk", order=30)
def components(release: Release, at: datetime) -> Iterator[Blocker]:
    """Without a list of components nobody can say what a vulnerability means for it."""
    listed = Artefact.objects.of(release).counting().filter(kind__in=("cyclonedx", "spdx"))
    if not Component.objects.filter(release=release).exists() and not listed.exists():
        page = filled("artefacts:artefacts", release.project.slug, release.reference)
        yield Blocker("No list of components (CycloneDX) was read for this release.", page, OWNER)


@gate_check("G4", "conditions", "Conditions of impact assessments are met", kind="risk", order=20)
def conditions(release: Release, at: datetime) -> list[Blocker]:
    """What an impact assessment was approved under (GDPR Art. 35(7)(d))."""
    scope = Q(project=release.project) | Q(project=None, organisation=release.project.organisation_id)
    relied = {one.get_absolute_url(): one for one in ImpactAssessment.objects.filter(scope).relied_on()}
    tasks = Task.objects.open().filter(source_url__in=list(relied)).order_by("due_date", "reference")
    blockers = [
        Blocker(f"{relied[one.source_url].reference}: {one.title} is not done.", one.source_url, DPO) for one in tasks
    ]
    return few(blockers, "see the impact assessments", who=DPO)


import_module("risks.requirement_gates")
