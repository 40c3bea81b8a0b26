"""Roles are granted and ended here, and the permission rows follow."""

from datetime import datetime
from typing import Any, TypeAlias

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed
from compliance.projects.models import Membership, Organisation, OrganisationPermission, Project, ProjectPermission
from compliance.projects.models.organisation import VISIT
from compliance.projects.roles import ROLES, TIME_BOXED

Windows: TypeAlias = dict[str, tuple[datetime | None, datetime | None]]


class NotYourOwnRole(Refused):
    """Nobody grants a role to themselves."""


class LastAdmin(Refused):
    """An organisation always keeps somebody who can manage its people."""


class NoTimeWindow(Refused):
    """An auditor's access is time-boxed."""


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
    """Give a person a role in an organisation or in one project; again, to change its time window.

    Raises NotYourOwnRole, NoTimeWindow, LastAdmin.
    """
    _check_grant(user, role, scope, by, since, until)
    project = scope if isinstance(scope, Project) else None
    organisation = scope.organisation if isinstance(scope, Project) else scope
    with change(by=by, reason=reason):
        held = Membership.objects.filter(organisation=organisation, project=project, user=user, role=role).first()
        membership = held or Membership(organisation=organisation, project=project, user=user, role=role)
        if held and until is not None:
            keep_an_admin(held)
        membership.since, membership.until = since, until
        membership.save()
        sync_permissions(user, organisation)
    return membership


def _check_grant(
    user: User, role: str, scope: Organisation | Project, by: User | str, since: datetime | None, until: datetime | None
) -> None:
    if by == user:
        raise NotYourOwnRole("You cannot grant a role to yourself: ask another organisation admin.")
    if role in TIME_BOXED and until is None:
        raise NoTimeWindow("An auditor's access needs an end: say until when.")
    if until is not None and since is not None and until <= since:
        raise Refused("Access ends before it starts: choose a later end.")
    if isinstance(scope, Organisation) and not ROLES[role].organisation_wide:
        raise Refused(f"A {ROLES[role].name.lower()} works in a project: choose which one.")


@governed("Say why the role ends")
def end_membership(*, membership: Membership, by: User | str, reason: str) -> None:
    """Take a role away. Its history stays. Raises LastAdmin."""
    with change(by=by, reason=reason):
        keep_an_admin(membership)
        user, organisation = membership.user, membership.organisation
        membership.delete()
        sync_permissions(user, organisation)


def keep_an_admin(leaving: Membership) -> None:
    """Refuse when nobody else administers the organisation without an end. Raises LastAdmin."""
    if leaving.role != "organisation_admin" or leaving.project_id is not None:
        return
    others = Membership.objects.admins_of(leaving.organisation).exclude(pk=leaving.pk)
    if not others.exclude(user=leaving.user).exists():
        raise LastAdmin(
            f"{leaving.user} is the last admin of {leaving.organisation}: make somebody else an admin first."
        )


def role_conflicts(user: User, organisation: Organisation) -> list[str]:
    """What an auditor of ours would ask about a person's roles (GDPR Art. 38(6), ISO 27001 A.5.3)."""
    held = set(Membership.objects.filter(organisation=organisation, user=user).values_list("role", flat=True))
    found = []
    if "dpo" in held and held & {"product_owner", "risk_owner", "executive"}:
        found.append(f"{user} is data protection officer and also decides about processing (GDPR Art. 38(6)).")
    if "auditor" in held and held - {"auditor"}:
        found.append(f"{user} audits what they also work on: an auditor is independent.")
    return found


def sync_permissions(user: User, organisation: Organisation) -> None:
    """Make the person's permission rows what their memberships say, and no more. Needs a `change()` around it.

    A role in the whole organisation is rows on the organisation, which open all its projects; a role in a project is
    rows on the project, and one on the organisation for the visitor. So the rows grow with the memberships only.
    """
    here: Windows = {}
    within: dict[Any, Windows] = {}
    for membership in Membership.objects.filter(organisation=organisation, user=user).order_by():
        inside = here if membership.project_id is None else within.setdefault(membership.project_id, {})
        for verb in ROLES[membership.role].all_verbs:
            _widen(inside, f"{verb}_{'organisation' if inside is here else 'project'}", membership)
        if membership.project_id is not None:
            _widen(here, VISIT, membership)
    _sync(OrganisationPermission, user, {organisation.pk: here}, content_object=organisation)
    _sync(ProjectPermission, user, within, content_object__organisation=organisation)


def _widen(wanted: Windows, codename: str, membership: Membership) -> None:
    """Two memberships for one permission: the wider window counts; None is without limit."""
    window = (membership.since, membership.until)
    if codename in wanted:
        since, until = wanted[codename]
        window = (
            None if since is None or window[0] is None else min(since, window[0]),
            None if until is None or window[1] is None else max(until, window[1]),
        )
    wanted[codename] = window


def _sync(model: Any, user: User, wanted: dict[Any, Windows], **where: Any) -> None:
    """Write what differs: `wanted` by the key of the scope and the name of the permission."""
    held = {
        (row.content_object_id, row.permission.codename): row
        for row in model.objects.filter(user=user, **where).select_related("permission")
    }
    due = {(scope, codename): window for scope, one in wanted.items() for codename, window in one.items()}
    permissions = _permissions(model) if due.keys() - held.keys() else {}
    model.objects.bulk_create(
        [
            model(
                user=user,
                content_object_id=scope,
                permission=permissions[codename],
                since=due[scope, codename][0],
                until=due[scope, codename][1],
            )
            for scope, codename in sorted(due.keys() - held.keys(), key=str)
        ]
    )
    for key, row in held.items():
        if key not in due:
            row.delete()
        elif (row.since, row.until) != due[key]:
            row.since, row.until = due[key]
            row.save()


def _permissions(model: Any) -> dict[str, Permission]:
    kind = ContentType.objects.get_for_model(model._meta.get_field("content_object").related_model)
    return {row.codename: row for row in Permission.objects.filter(content_type=kind)}


def expire(at: datetime | None = None) -> int:
    """Remove permission rows whose window is over; access ended at the moment itself. Returns how many."""
    moment, count = at or timezone.now(), 0
    for model in (OrganisationPermission, ProjectPermission):
        for row in model.objects.filter(until__lte=moment):
            with change(by="expire_permissions", reason="The time window of this access is over."):
                row.delete()
            count += 1
    return count
