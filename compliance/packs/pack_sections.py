"""What every pack says of the scope itself: projects, listings, releases, who answers for what, and who was let in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from compliance.ledger import as_of
from compliance.ledger.story import changes, story
from compliance.packs.about import window
from compliance.packs.registry import Citation, Document, Period, Subject, section, subject
from compliance.projects.models import AppTarget, Membership, Organisation, Project, Release
from compliance.projects.roles import role_name

Scope = Organisation | Project
NOTES = {"reason": "internal notes"}
NOTHING_TAKEN = "No pack was asked for and no file taken in the period."
KNOWN = {"organisation_id", "requested_at"}  # said by the pack, or by the line itself
RIGHTS, PACKS = ("projects.membership",), ("packs.evidencepack", "files.disclosure")


def projects_at(scope: Scope, at: datetime) -> list[Project]:
    """The projects of a scope as they stood at a moment."""
    if isinstance(scope, Project):
        return as_of(Project, at, ids=[scope.pk]).instances()
    keys = Project.objects.in_organisation(scope).values_list("pk", flat=True)
    return as_of(Project, at, ids=list(keys)).order_by("reference").instances()


def organisation_at(scope: Scope, at: datetime) -> Organisation | None:
    """The organisation of a scope as it stood at a moment."""
    key = scope.organisation_id if isinstance(scope, Project) else scope.pk
    return as_of(Organisation, at, ids=[key]).first()


@section("scope", "Scope", 20, "packs/print/scope.html")
def scope(scope: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """The organisation, its projects and where they are published (ISO/IEC 27001 4.3)."""
    organisation, projects = organisation_at(scope, at), projects_at(scope, at)
    if organisation is None:
        return {"organisation": None, "projects": []}
    streams = [project.stream for project in projects]
    targets = as_of(AppTarget, at, stream=streams).order_by("platform", "app_id").instances()
    published = as_of(Release, at, stream=streams).filter(released_at__isnull=False).order_by("released_at").instances()
    rows = [_project(project, targets, published) for project in projects]
    clause = "ISO/IEC 27001 4.3"
    stated = Document(clause, "Scope statement", "", status="present" if organisation.scope_statement else "missing")
    return {
        "organisation": _organisation(organisation),
        "projects": rows,
        "one": rows[0] if isinstance(scope, Project) and rows else None,
        "registers": {"projects.csv": [_flat(row) for row in rows]},
        "citations": [Citation(clause, row["reference"], row["name"]) for row in rows],
        "documents": [stated],
    }


@section("roles", "Roles and authorities", 50, "packs/print/roles.html", private={"position": "positions of people"})
def roles(scope: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """Who held which role in the organisation and its projects (ISO/IEC 27001 5.3)."""
    projects = {project.pk: project for project in projects_at(scope, at)}
    held = as_of(Membership, at, stream=_streams(scope)).instances("user")
    rows = [_role(membership, projects) for membership in held if _counts(membership, projects, at)]
    return {"rows": sorted(rows, key=lambda row: (row["reach"], row["role"], row["person"]))}


@section("releases", "Releases", 110, "packs/print/releases.html")
def releases(scope: Scope, at: datetime, period: Period, subject: str = "") -> Mapping[str, Any]:
    """What was released and what is planned, newest first; of a release file, the release it is about."""
    projects = {project.pk: project for project in projects_at(scope, at)}
    found = as_of(Release, at, stream=[project.stream for project in projects.values()])
    if subject.startswith(f"{Release.reference_prefix}-"):
        found = found.filter(reference=subject)
    ordered = found.order_by("-planned_date", "-reference").instances()
    rows = [_release(release, projects[release.project_id], period) for release in ordered]
    return {"rows": rows, "many": len(projects) > 1, "registers": {"releases.csv": rows}}


@section(
    "permissions", "Changes of roles and rights", 233, "packs/print/log.html", chunk="rows", wide=True, private=NOTES
)
def permissions(scope: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """Who was given, or lost, which role in the period (ISO/IEC 27001 A.5.18)."""
    return {"rows": _log(_streams(scope), RIGHTS, at, period), "none": "No role was given or taken in the period."}


@section("exports", "Packs and files handed out", 234, "packs/print/log.html", chunk="rows", wide=True, private=NOTES)
def exports(scope: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """Packs asked for, issued or withdrawn in the period, and every file that was downloaded, by whom."""
    return {"rows": _log([scope.stream], PACKS, at, period), "none": NOTHING_TAKEN}


@subject("release")
def releases_to_choose(scope: Scope, at: datetime) -> list[Subject]:
    """The releases of a project, for a pack about one of them; to each belongs what was done since the one before."""
    streams = [project.stream for project in projects_at(scope, at)]
    found = as_of(Release, at, stream=streams).order_by("-reference").instances()
    return [Subject(one.reference, f"release {one.name}", *window(one, found)) for one in found]


def _streams(scope: Scope) -> list[str]:
    if isinstance(scope, Project):
        return [scope.stream, scope.organisation.stream]
    return [scope.stream, *(project.stream for project in Project.objects.in_organisation(scope))]


def _log(streams: list[str], kinds: tuple[str, ...], at: datetime, period: Period) -> list[dict[str, Any]]:
    entries = changes(*streams, since=period.since, until=min(at, period.until)).filter(model__in=kinds)
    return [
        {
            "at": line.entry.at,
            "actor": line.actor,
            "role": line.entry.role,
            "origin": line.entry.origin,
            "what": f"{line.what} {line.entry.get_type_display()}",
            "record": line.title,
            "fields": [
                {"name": one.label, "old": one.old, "new": one.new}
                for one in line.changes
                if one.name not in KNOWN and (one.old or one.new)
            ],
            "reason": line.reason,
        }
        for line in story(entries.order_by("id"), at=at)
    ]


def _counts(membership: Membership, projects: Mapping[Any, Project], at: datetime) -> bool:
    here = membership.project_id is None or membership.project_id in projects
    begun = membership.since is None or membership.since <= at
    return here and begun and (membership.until is None or membership.until > at)


def _organisation(organisation: Organisation) -> dict[str, Any]:
    return {
        "name": organisation.name,
        "legal_name": organisation.legal_name,
        "address": organisation.address,
        "country": organisation.country,
        "scope": organisation.scope_statement,
        "dpo": organisation.dpo_name,
        "dpo_contact": organisation.dpo_contact,
        "eu_representative": organisation.eu_representative,
    }


def _project(project: Project, targets: list[AppTarget], published: list[Release]) -> dict[str, Any]:
    versions = [release.name for release in published if release.project_id == project.pk]
    return {
        "reference": project.reference,
        "name": project.name,
        "summary": project.summary,
        "role": project.get_role_display(),
        "countries": project.countries,
        "users": project.users_count,
        "masvs": project.masvs_profile,
        "state": project.state,
        "versions": " to ".join(dict.fromkeys([*versions[:1], *versions[-1:]])),
        "targets": [_target(target) for target in targets if target.project_id == project.pk],
    }


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    listed = [f"{one['platform']} {one['app_id']}" for one in row["targets"]]
    return {**row, "targets": "; ".join(listed)}


def _target(target: AppTarget) -> dict[str, Any]:
    return {
        "platform": target.get_platform_display(),
        "store": target.store,
        "app_id": target.app_id,
        "minimum_os": target.minimum_os,
    }


def _release(release: Release, project: Project, period: Period) -> dict[str, Any]:
    day = release.released_at.date() if release.released_at else release.planned_date
    return {
        "reference": release.reference,
        "project": project.name,
        "version": release.name,
        "change": release.get_change_class_display(),
        "state": release.state,
        "day": day,
        "in_period": bool(day and period.start <= day <= period.end),
        "notes": release.notes,
    }


def _role(membership: Membership, projects: Mapping[Any, Project]) -> dict[str, Any]:
    within = projects.get(membership.project_id)
    return {
        "person": membership.user.name,
        "position": membership.user.job_title,
        "role": role_name(membership.role),
        "reach": f"Project {within.name}" if within else "Organisation",
        "since": membership.since,
        "until": membership.until,
    }
