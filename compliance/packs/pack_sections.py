"""What every pack says of the project itself: scope, listings, releases, and who answers for what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from compliance.ledger import as_of
from compliance.packs.registry import Citation, Period, section
from compliance.projects.models import AppTarget, Membership, Organisation, Project, Release
from compliance.projects.roles import role_name


@section("scope", "Scope", 20, "packs/print/scope.html")
def scope(project: Project, at: datetime, period: Period) -> Mapping[str, Any]:
    """The project, its organisation, where it is published and what was released (ISO/IEC 27001 4.3)."""
    then = as_of(Project, at, stream=project.stream).filter(id=project.pk).first("organisation")
    if then is None:
        return {"project": None}
    releases = as_of(Release, at, stream=project.stream).order_by("-planned_date", "-reference").instances()
    targets = as_of(AppTarget, at, stream=project.stream).order_by("platform", "app_id").instances()
    return {
        "organisation": _organisation(then.organisation),
        "project": _project(then),
        "targets": [_target(target) for target in targets],
        "releases": [_release(release, period) for release in releases],
        "registers": {"releases.csv": [_release(release, period) for release in releases]},
        "citations": [Citation("ISO/IEC 27001 4.3", then.reference, then.name)],
    }


@section("roles", "Roles and authorities", 50, "packs/print/roles.html")
def roles(project: Project, at: datetime, period: Period) -> Mapping[str, Any]:
    """Who held which role in the project and in its organisation (ISO/IEC 27001 5.3)."""
    held = as_of(Membership, at, stream=[project.stream, project.organisation.stream]).instances("user")
    rows = [_role(membership) for membership in held if _counts(membership, project, at)]
    return {"rows": sorted(rows, key=lambda row: (row["reach"], row["role"], row["person"]))}


def _counts(membership: Membership, project: Project, at: datetime) -> bool:
    here = membership.project_id in {None, project.pk}
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


def _project(project: Project) -> dict[str, Any]:
    return {
        "reference": project.reference,
        "name": project.name,
        "summary": project.summary,
        "role": project.get_role_display(),
        "countries": project.countries,
        "users": project.users_count,
        "masvs": project.masvs_profile,
        "state": project.state,
    }


def _target(target: AppTarget) -> dict[str, Any]:
    return {
        "platform": target.get_platform_display(),
        "store": target.store,
        "app_id": target.app_id,
        "minimum_os": target.minimum_os,
    }


def _release(release: Release, period: Period) -> dict[str, Any]:
    day = release.released_at.date() if release.released_at else release.planned_date
    return {
        "reference": release.reference,
        "version": release.name,
        "change": release.get_change_class_display(),
        "state": release.state,
        "day": day,
        "in_period": bool(day and period.start <= day <= period.end),
        "notes": release.notes,
    }


def _role(membership: Membership) -> dict[str, Any]:
    return {
        "person": membership.user.name,
        "title": membership.user.job_title,
        "role": role_name(membership.role),
        "reach": "Project" if membership.project_id else "Organisation",
        "since": membership.since,
        "until": membership.until,
    }
