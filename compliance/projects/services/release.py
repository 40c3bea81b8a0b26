"""Store listings and releases: made, changed, published and withdrawn here."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed
from compliance.ledger.context import simulated_moment
from compliance.projects.models import AppTarget, Project, Release
from compliance.projects.services.organisation import write_row


class NotPlanned(Refused):
    """Only a planned release can be published or changed; only a published one withdrawn."""


def add_app_target(*, project: Project, by: User | str, reason: str = "", **details: Any) -> AppTarget:
    """Add a store listing; an app id stands once per platform."""
    _check_target(project, details.get("platform", ""), details.get("app_id", ""))
    with change(by=by, reason=reason):
        target = AppTarget(project=project, **details)
        target.save()
    return target


def update_app_target(*, target: AppTarget, by: User | str, reason: str = "", **fields: Any) -> AppTarget:
    """Change a store listing."""
    _check_target(
        target.project, fields.get("platform", target.platform), fields.get("app_id", target.app_id), but=target
    )
    return write_row(target, {"project", "id"}, by, reason, fields)


def _check_target(project: Project, platform: str, app_id: str, but: AppTarget | None = None) -> None:
    same = AppTarget.objects.in_project(project).filter(platform=platform, app_id=app_id)
    if same.exclude(pk=but.pk if but else None).exists():
        raise Refused(f"{project} already lists {app_id} on this platform: change that listing instead.")


def plan_release(*, project: Project, name: str, by: User | str, reason: str = "", **details: Any) -> Release:
    """Plan a release; its version is unique in the project."""
    _check_version(project, name)
    with change(by=by, reason=reason):
        release = Release(project=project, name=name, **details)
        release.save()
    return release


def update_release(*, release: Release, by: User | str, reason: str = "", **fields: Any) -> Release:
    """Change a planned release; what was published stays as it was published."""
    stored = Release.objects.get(pk=release.pk)
    if stored.state != Release.State.PLANNED:
        raise NotPlanned(f"Release {stored} is {stored.get_state_display().lower()}: only a planned one is changed.")
    _check_version(release.project, fields.get("name", release.name), but=release)
    return write_row(release, {"project", "state", "released_at", "id"}, by, reason, fields)


def _check_version(project: Project, name: str, but: Release | None = None) -> None:
    if Release.objects.in_project(project).filter(name=name).exclude(pk=but.pk if but else None).exists():
        raise Refused(f"{project} already has a release {name}: choose another version.")


def publish_release(*, release: Release, by: User | str, reason: str = "", at: datetime | None = None) -> Release:
    """Record that a planned release is published."""
    if release.state != Release.State.PLANNED:
        raise NotPlanned(
            f"Release {release.name} is {release.get_state_display().lower()}: only a planned one is published."
        )
    with change(by=by, reason=reason):
        release.state, release.released_at = Release.State.RELEASED, at or simulated_moment() or timezone.now()
        release.save()
    return release


@governed("Say why the release is withdrawn")
def withdraw_release(*, release: Release, by: User | str, reason: str) -> Release:
    """Take a release back, planned or published; it stays in the list."""
    if release.state == Release.State.WITHDRAWN:
        raise NotPlanned(f"Release {release.name} is withdrawn already.")
    with change(by=by, reason=reason):
        release.state = Release.State.WITHDRAWN
        release.save()
    return release
