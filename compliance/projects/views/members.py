"""People and their roles, in the organisation and in a project."""

from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_filters import CharFilter, ChoiceFilter

from compliance.ledger.models import Entry
from compliance.ledger.moment import now_read
from compliance.prepared import Prepared, Rows
from compliance.projects import services
from compliance.projects.access import Request, organisation_view, project_view, roles_in
from compliance.projects.forms import GrantForm, ReasonForm, WindowForm, end_of
from compliance.projects.models import Invitation, Membership, Organisation, Project
from compliance.projects.roles import ROLE_CHOICES, ROLES
from compliance.projects.views.forms import attempt, form_page, posted
from compliance.ui.addresses import filled
from compliance.ui.filters import Filters
from compliance.ui.register import Column, Register


class MemberFilter(Filters):
    """Which roles to list."""

    name = CharFilter("user__name", lookup_expr="icontains", label="Name")
    role = ChoiceFilter(choices=ROLE_CHOICES, label="Role")

    class Meta:
        model = Membership
        fields = ()


MEMBERS = Register(
    key="members",
    noun="role",
    title="People",
    order="person",
    filterset=MemberFilter,
    columns=(
        Column("person", "Person", value="user.name", kind="main", sort="user__name"),
        Column("email", "E-mail", value="user.email", sort="user__email"),
        Column("role", "Role", sort="role"),
        Column("where", "Where", value=lambda row: row.project or row.organisation, sort="project__name"),
        Column("until", "Until", kind="day", value=lambda row: row.last_day, sort="until"),
        Column("second_factor", "Second factor", kind="flag", sort="second_factor"),
        Column("account", "Account", kind="state", value=lambda row: row.standing, sort="user__is_active"),
        Column("changed_at", "Last change", kind="day", sort="changed_at"),
    ),
    empty_title="Nobody yet",
    empty_text="Who may see, edit, approve or audit. Begin with the person who runs the ISMS.",
)


def with_facts(memberships: Any) -> Any:
    """Add second factor and the moment of the last change of each role."""
    changes = Entry.objects.filter(model=Membership._meta.label_lower, object_id=OuterRef("pk")).order_by("-id")
    return memberships.select_related("user", "project", "organisation").annotate(
        second_factor=Exists(Authenticator.objects.filter(user=OuterRef("user"))),
        changed_at=Subquery(changes.values("at")[:1]),
    )


OF_ORGANISATION = Rows(lambda scope: with_facts(Membership.objects.filter(organisation=scope)), scope=UUID)
OF_PROJECT = Rows(
    lambda scope, owner: with_facts(
        Membership.objects.filter(Q(project=scope) | Q(project__isnull=True), organisation=owner)
    ),
    scope=UUID,
    owner=UUID,
)
SECOND_FACTORS = Prepared(
    lambda scope: (
        Authenticator.objects.filter(user__memberships__organisation=scope).distinct().order_by("pk").values_list("pk")
    ),
    scope=UUID,
)
INVITED = Prepared(
    lambda scope, now: Invitation.objects.filter(organisation=scope).waiting(now).select_related("project")[:50],
    scope=UUID,
    now=datetime,
)


@organisation_view("view", kind="member")
@require_safe
def members(request: Request, organisation: Organisation) -> HttpResponse:
    manages = request.can.manage
    return MEMBERS.respond(
        request,
        OF_ORGANISATION(scope=organisation.pk),
        url=lambda row: filled("projects:member", organisation.slug, row.pk),
        template="projects/members.html",
        besides=tuple(SECOND_FACTORS(scope=organisation.pk)),
        add_url=reverse("projects:invite", args=[organisation.slug]) if manages else "",
        add_label="Invite somebody",
        grant_url=reverse("projects:grant", args=[organisation.slug]) if manages else "",
        invitations=INVITED(scope=organisation.pk, now=now_read()),
    )


@project_view("view", kind="member")
@require_safe
def project_members(request: Request, project: Project) -> HttpResponse:
    own = project.organisation
    manages = request.can.manage
    sees_all = any(ROLES[r].allows("member", "view") for r in roles_in(request.user, own) if r in ROLES)
    return MEMBERS.respond(
        request,
        OF_PROJECT(scope=project.pk, owner=project.organisation_id),
        url=lambda row: filled("projects:member", own.slug, row.pk) if sees_all else "",
        template="projects/members.html",
        besides=tuple(SECOND_FACTORS(scope=own.pk)),
        add_url=f"{reverse('projects:invite', args=[own.slug])}?project={project.pk}" if manages else "",
        add_label="Invite somebody",
    )


def _find(organisation: Organisation, membership: Any) -> Membership:
    return get_object_or_404(with_facts(Membership.objects.reaching(organisation)), pk=membership)


def _crumbs(organisation: Organisation, held: Membership | None = None) -> list[tuple[str, str]]:
    steps = [("People", reverse("projects:members", args=[organisation.slug]))]
    here = reverse("projects:member", args=[organisation.slug, held.pk]) if held else ""
    return [*steps, (held.user.name, here)] if held else steps


@organisation_view("view", kind="member")
@require_safe
def member(request: Request, organisation: Organisation, membership: Any) -> HttpResponse:
    held = _find(organisation, membership)
    context = {
        "membership": held,
        "role": ROLES[held.role],
        "others": Membership.objects.reaching(organisation).of(held.user).exclude(pk=held.pk).select_related("project"),
        "conflicts": services.role_conflicts(held.user, organisation),
        "crumbs": _crumbs(organisation),
        "heading": held.user.name,
    }
    return render(request, "projects/member.html", context)


@organisation_view("manage", kind="member")
def grant(request: Request, organisation: Organisation) -> HttpResponse:
    form = GrantForm(posted(request), organisation=organisation, initial=request.GET.dict())
    made = attempt(form, lambda: services.grant_role(user=form.cleaned_data["person"], by=request.user, **form.place()))
    crumbs = _crumbs(organisation)
    if made is not None:
        messages.success(request, f"{made} in {made.project or organisation}.")
        for warning in services.role_conflicts(made.user, organisation):
            messages.warning(request, warning)
        return redirect(crumbs[0][1])
    return form_page(request, form, heading="Give a role", cancel=crumbs[0][1], submit="Give the role", crumbs=crumbs)


@organisation_view("manage", kind="member")
def member_window(request: Request, organisation: Organisation, membership: Any) -> HttpResponse:
    held = _find(organisation, membership)
    form = WindowForm(posted(request), membership=held)
    done = attempt(
        form,
        lambda: services.grant_role(
            user=held.user,
            role=held.role,
            scope=held.project or organisation,
            since=held.since,
            until=end_of(form.cleaned_data["until"]),
            by=request.user,
            reason=form.cleaned_data["reason"],
        ),
    )
    crumbs = _crumbs(organisation, held)
    if done is not None:
        messages.success(request, "The time window is changed.")
        return redirect(crumbs[-1][1])
    return form_page(request, form, heading="Change the time window", cancel=crumbs[-1][1], crumbs=crumbs)


@organisation_view("manage", kind="member")
def member_end(request: Request, organisation: Organisation, membership: Any) -> HttpResponse:
    held = _find(organisation, membership)
    form = ReasonForm(posted(request))

    def end() -> bool:
        services.end_membership(membership=held, by=request.user, reason=form.cleaned_data["reason"])
        return True

    crumbs = _crumbs(organisation, held)
    if attempt(form, end):
        messages.success(request, f"{held.user} is no longer {held.get_role_display().lower()} here.")
        return redirect(crumbs[0][1])
    words: dict[str, Any] = {"heading": "End the role", "submit": "End it", "danger": True}
    return form_page(request, form, cancel=crumbs[-1][1], crumbs=crumbs, intro=f"{held} loses access at once.", **words)


@organisation_view("manage", kind="member")
def account_close(request: Request, organisation: Organisation, membership: Any) -> HttpResponse:
    held = _find(organisation, membership)
    intro = f"{held.user} can no longer sign in anywhere here. History and roles stay for the record."
    words = {"heading": "Close the account", "submit": "Close it", "danger": True, "intro": intro}
    return _account(request, organisation, held, services.deactivate_person, "closed", words)


@organisation_view("manage", kind="member")
def account_open(request: Request, organisation: Organisation, membership: Any) -> HttpResponse:
    held = _find(organisation, membership)
    words = {"heading": "Open the account again", "submit": "Open it", "intro": f"{held.user} can sign in again."}
    return _account(request, organisation, held, services.reactivate_person, "open again", words)


def _account(
    request: Request, organisation: Organisation, held: Membership, service: Any, state: str, words: dict[str, Any]
) -> HttpResponse:
    form = ReasonForm(posted(request))
    done = attempt(form, lambda: service(user=held.user, by=request.user, reason=form.cleaned_data["reason"]))
    crumbs = _crumbs(organisation, held)
    if done is not None:
        messages.success(request, f"The account of {held.user} is {state}.")
        return redirect(crumbs[-1][1])
    return form_page(request, form, cancel=crumbs[-1][1], crumbs=crumbs, **words)
