"""Roles are granted and ended here, and the permission rows follow."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import Refused, change
from compliance.projects.models import Membership, Organisation, OrganisationPermission, Project, ProjectPermission
from compliance.projects.roles import ROLES


class NotYourOwnRole(Refused):
    """Nobody grants a role to themselves."""


def grant_role(
    *,
    user: User,
    role: str,
    scope: Organisation | Project,
    by: User | str,
    reason: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> Membership:
    """Give a person a role in an organisation or in one project. Raises NotYourOwnRole."""
    if by == user:
        raise NotYourOwnRole("You cannot grant a role to yourself: ask another organisation admin.")
    if until is not None and since is not None and until <= since:
        raise Refused("Access ends before it starts: choose a later end.")
    project = scope if isinstance(scope, Project) else None
    organisation = project.organisation if project else scope
    with change(by=by, reason=reason):
        held = Membership.objects.filter(organisation=organisation, project=project, user=user, role=role).first()
        membership = held or Membership(organisation=organisation, project=project, user=user, role=role)
        membership.since, membership.until = since, until
        membership.save()
        sync_permissions(user, organisation)
    return membership


def end_membership(*, membership: Membership, by: User | str, reason: str) -> None:
    """Take a role away. Its history stays."""
    if not reason.strip():
        raise Refused("Say why the role ends: the change history keeps the reason.")
    with change(by=by, reason=reason):
        user, organisation = membership.user, membership.organisation
        membership.delete()
        sync_permissions(user, organisation)


def sync_permissions(user: User, organisation: Organisation) -> None:
    """Make the person's permission rows what their memberships say, and no more. Needs a `change()` around it."""
    memberships = list(Membership.objects.filter(organisation=organisation, user=user))
    projects = list(Project.objects.filter(organisation=organisation))
    wanted_here: dict[str, tuple[Any, Any]] = {}
    for membership in memberships:
        for verb in ROLES[membership.role].all_verbs if membership.project_id is None else {"view"}:
            _widen(wanted_here, verb, membership)
    _sync(OrganisationPermission, organisation, user, wanted_here)
    for project in projects:
        wanted: dict[str, tuple[Any, Any]] = {}
        for membership in memberships:
            if membership.project_id in (None, project.pk):
                for verb in ROLES[membership.role].all_verbs:
                    _widen(wanted, verb, membership)
        _sync(ProjectPermission, project, user, wanted)


def _widen(wanted: dict[str, tuple[Any, Any]], verb: str, membership: Membership) -> None:
    """Two memberships for one verb: the wider window counts; None is without limit."""
    window = (membership.since, membership.until)
    if verb in wanted:
        since, until = wanted[verb]
        window = (
            None if since is None or window[0] is None else min(since, window[0]),
            None if until is None or window[1] is None else max(until, window[1]),
        )
    wanted[verb] = window


def _sync(model: Any, scope: Organisation | Project, user: User, wanted: dict[str, tuple[Any, Any]]) -> None:
    name = type(scope)._meta.model_name
    existing = {
        row.permission.codename: row
        for row in model.objects.filter(user=user, content_object=scope).select_related("permission")
    }
    for verb, (since, until) in sorted(wanted.items()):
        row = existing.pop(f"{verb}_{name}", None)
        if row is None:
            row = model(user=user, content_object=scope, permission=_permission(scope, verb))
        elif (row.since, row.until) == (since, until):
            continue
        row.since, row.until = since, until
        row.save()
    for row in existing.values():
        row.delete()


def _permission(scope: Organisation | Project, verb: str) -> Permission:
    kind = ContentType.objects.get_for_model(scope)
    return Permission.objects.select_related("content_type").get(content_type=kind, codename=f"{verb}_{kind.model}")


def expire(at: datetime | None = None) -> int:
    """Remove permission rows whose window is over; access ended at the moment itself. Returns how many."""
    moment, count = at or timezone.now(), 0
    for model in (OrganisationPermission, ProjectPermission):
        for row in model.objects.filter(until__lte=moment):
            with change(by="expire_permissions", reason="The time window of this access is over."):
                row.delete()
            count += 1
    return count
