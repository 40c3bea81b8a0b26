"""The one way into an organisation, a project or a desk: a view declares verb and kind, and receives the object.

Not visible is 404, so that existence does not leak; visible but not allowed is 403. `view.access` says what was
declared, and the access matrix test fails on a view that declares nothing.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial, wraps
from typing import Any, TypeAlias
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from compliance.accounts.access import Access, PersonRequest, View, operator_view, public_view, signed_in_view
from compliance.ledger import StaleWrite
from compliance.ledger.context import act_as
from compliance.ledger.moment import moment_read
from compliance.prepared import Prepared
from compliance.projects.desks import Desk, desks
from compliance.projects.drawn import Keep
from compliance.projects.models import Membership, Organisation, Project
from compliance.projects.past import is_asked, read_in_past
from compliance.projects.reads import reading
from compliance.projects.roles import GUEST, KINDS, ROLES, VERBS, allowed

__all__ = [
    "Access",
    "Can",
    "DeskRequest",
    "Request",
    "acting_role",
    "desk_view",
    "may",
    "operator_view",
    "organisation_view",
    "project_view",
    "public_view",
    "roles_in",
    "signed_in_view",
]
Scope: TypeAlias = Organisation | Project


class Request(PersonRequest):
    """A request that came through a declared view: somebody signed in, in a scope."""

    scope: "Scope"
    can: "Can"
    keep: Keep
    at: datetime | None = None  # the moment of a page of the past


class DeskRequest(PersonRequest):
    """A request of somebody at a desk: there is no scope, and nothing they may do outside it."""

    desk: Desk


class Can:
    """What the person may do here; `can.edit` for the page's kind, `can.risk.edit` for another.

    On a page of the past everybody only looks.
    """

    def __init__(self, roles: set[str], kind: str) -> None:
        self.roles = roles
        self.kind = kind

    def __getattr__(self, name: str) -> Any:
        if name in VERBS:
            return allowed(self.roles, self.kind, name) and (name == "view" or moment_read() is None)
        if name in KINDS:
            return Can(self.roles, name)
        raise AttributeError(name)


_organisations = Prepared(
    lambda slug, user, now: Organisation.objects.visible_to(user, now).filter(slug=slug).order_by(),
    slug=str,
    user=UUID,
    now=datetime,
)
_projects = Prepared(
    lambda slug, user, now: (
        Project.objects.visible_to(user, now).filter(slug=slug).select_related("organisation").order_by()
    ),
    slug=str,
    user=UUID,
    now=datetime,
)
_organisation_roles = Prepared(
    lambda user, organisation, now: (
        Membership.objects.filter(organisation=organisation, user=user)
        .valid(now)
        .order_by()
        .values_list("role", ExpressionWrapper(Q(project__isnull=False), BooleanField()))
        .distinct()
    ),
    user=UUID,
    organisation=UUID,
    now=datetime,
)
_project_roles = Prepared(
    lambda user, project, organisation, now: (
        Membership.objects.filter(Q(project=project) | Q(project=None), organisation=organisation, user=user)
        .valid(now)
        .order_by()
        .values_list("role")
    ),
    user=UUID,
    project=UUID,
    organisation=UUID,
    now=datetime,
)


def roles_in(user: Any, scope: Scope) -> set[str]:
    """The roles the person holds in a scope right now, also when the page shows the past; a project's role makes a
    guest of its organisation.
    """
    if (known := getattr(user, "_roles_today", {}).get(scope.pk)) is not None:
        return set(known)
    now = timezone.now()
    if isinstance(scope, Project):
        held = _project_roles(user=user.pk, project=scope.pk, organisation=scope.organisation_id, now=now)
        return {role for (role,) in held}
    roles = _organisation_roles(user=user.pk, organisation=scope.pk, now=now)
    return {role + GUEST if guest else role for role, guest in roles}


def may(user: Any, scope: Scope, verb: str, kind: str) -> bool:
    """Whether the person may do `verb` with records of `kind` in a scope. Two queries."""
    visible = _projects if isinstance(scope, Project) else _organisations
    found = visible(slug=scope.slug, user=user.pk, now=timezone.now())
    return bool(found) and allowed(roles_in(user, scope), kind, verb)


def project_view(verb: str, *, kind: str) -> Callable[[View], View]:
    """The view receives the project its URL names by `<slug:project>`."""
    return _scoped(_projects, "project", verb, kind)


def organisation_view(verb: str, *, kind: str) -> Callable[[View], View]:
    """The view receives the organisation its URL names by `<slug:organisation>`."""
    return _scoped(_organisations, "organisation", verb, kind)


def desk_view(key: str) -> Callable[[View], View]:
    """The view receives the person's open place at the desk its URL names by `<uuid:desk>`; anybody else gets 404.

    Whoever sits there holds no right in the scope around it. What they are shown is recorded before it is sent
    (compliance.files.middleware), and their changes carry the role of an auditor.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            place = desks[key].find(pk=kwargs.pop("desk"), user=request.user, at=timezone.now())
            if place is None:
                raise Http404("No such desk.")
            request.desk = place
            act_as("auditor")
            return view(request, place, *args, **kwargs)

        guarded.access = Access("desk", "view", key)  # type: ignore[attr-defined]
        return guarded

    return declare


def _scoped(scopes: Prepared, argument: str, verb: str, kind: str) -> Callable[[View], View]:
    if verb not in VERBS or kind not in KINDS:
        raise ValueError(f"no such permission: {verb} {kind}")

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            scope = scopes.first(slug=kwargs.pop(argument), user=request.user.pk, now=timezone.now())
            if scope is None:
                raise Http404(f"No such {argument}.")
            roles = roles_in(request.user, scope)
            if not allowed(roles, kind, verb):
                raise PermissionDenied(f"Your role does not {verb} {KINDS[kind]}.")
            request.scope, request.can = scope, Can(roles, kind)
            request.keep = Keep(scope, (request.user.pk, frozenset(roles)))
            if is_asked(request):
                request.keep.look()  # as it is now, before the past stands in for it
                _remember_roles(request.user, scope, roles)
                return read_in_past(
                    request, scope, reads=verb == "view", view=lambda then: view(request, then, *args, **kwargs)
                )
            act_as(_acting_role(roles, kind, verb))
            try:
                with reading() as request.keep.read:
                    return view(request, scope, *args, **kwargs)
            except StaleWrite as conflict:
                return _show_conflict(request, conflict)

        guarded.access = Access(argument, verb, kind)  # type: ignore[attr-defined]
        return guarded

    return declare


def _remember_roles(user: Any, scope: Scope, roles: set[str]) -> None:
    """Memberships will be those of the past; what the viewer may see stays today's."""
    known = {scope.pk: roles}
    if isinstance(scope, Project):
        known[scope.organisation_id] = roles_in(user, scope.organisation)
    user._roles_today = known


def _acting_role(roles: set[str], kind: str, verb: str) -> str:
    """The role history names: the first that allows what is done."""
    return next((key for key, role in ROLES.items() if key in roles and role.allows(kind, verb)), "")


def acting_role(user: Any, scope: Scope, verb: str, kind: str) -> str:
    """The role history names for what the person does away from a page."""
    return _acting_role(roles_in(user, scope), kind, verb)


def _show_conflict(request: Request, conflict: StaleWrite) -> HttpResponse:
    """Both versions side by side; nothing was overwritten."""
    mine, theirs = conflict.mine, conflict.theirs
    rows = []
    for field in mine._meta.concrete_fields:
        if field.editable and not field.primary_key:
            ours, other = _display(mine, field), _display(theirs, field) if theirs else "(removed)"
            if ours != other:
                label, _ = mine.told_field(field, partial(getattr, mine))
                rows.append({"label": label, "mine": ours, "theirs": other})
    context = {"record": theirs or mine, "rows": rows, "removed": theirs is None}
    return render(request, "projects/conflict.html", context, status=409)


def _display(row: Any, field: Any) -> Any:
    shown = getattr(row, f"get_{field.name}_display", None)
    return shown() if shown else getattr(row, field.name)
