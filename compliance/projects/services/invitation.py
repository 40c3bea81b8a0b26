"""Inviting somebody: a link that works once, for a week, and is stored only as a hash."""

import hashlib
import secrets
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed
from compliance.projects.access import may
from compliance.projects.models import Invitation, Membership, Organisation, Project
from compliance.projects.roles import ROLES, TIME_BOXED
from compliance.projects.services.membership import NoTimeWindow, grant_role

LIFETIME = timedelta(days=7)


class InvitationOver(Refused):
    """The link was used, withdrawn or is too old."""


class OtherAccount(Refused):
    """The invitation is for somebody else than the person signed in."""


def invite(
    *,
    email: str,
    name: str,
    role: str,
    scope: Organisation | Project,
    by: User,
    reason: str = "",
    until: datetime | None = None,
    at: datetime | None = None,
    place: str = "",
) -> tuple[Invitation, str]:
    """Open a place; returns the invitation and the token, which is nowhere else. Raises NoTimeWindow, Refused.

    Without a role, `place` says what another room keeps open for whoever accepts.
    """
    moment, email = at or timezone.now(), email.strip().lower()
    project = scope if isinstance(scope, Project) else None
    organisation = scope.organisation if isinstance(scope, Project) else scope
    _check_invitation(email, role, place, organisation, project, by, until, moment)
    token = secrets.token_urlsafe(32)
    with change(by=by, reason=reason):
        invitation = Invitation(
            organisation=organisation,
            project=project,
            email=email,
            name=name.strip(),
            role=role,
            place=place[:160],
            until=until,
            invited_by=by,
            token_sha256=_digest(token),
            expires_at=moment + LIFETIME,
        )
        invitation.save()
    return invitation, token


def _check_invitation(
    email: str,
    role: str,
    place: str,
    organisation: Organisation,
    project: Project | None,
    by: User,
    until: datetime | None,
    at: datetime,
) -> None:
    if email == by.email:
        raise Refused("You cannot invite yourself: ask another organisation admin.")
    if role in {*TIME_BOXED, ""} and until is None:
        raise NoTimeWindow("An auditor's access needs an end: say until when.")
    if until is not None and until <= at:
        raise Refused("Access would be over before it begins: choose a later end.")
    if role and project is None and not ROLES[role].organisation_wide:
        raise Refused(f"A {ROLES[role].name.lower()} works in a project: choose which one.")
    same = {"organisation": organisation, "project": project, "role": role}
    if Invitation.objects.waiting(at).filter(email=email, place=place, **same).exists():
        named = "this role" if role else "this place"
        raise Refused(f"{email} already has an open invitation to {named}: withdraw it first to send a new link.")
    if role and Membership.objects.filter(user__email=email, **same).exists():
        raise Refused(f"{email} already holds this role here: change its time window instead.")


def find_invitation(token: str, at: datetime | None = None) -> Invitation:
    """The invitation a link opens. Raises InvitationOver; whether a token ever existed is not told."""
    moment = at or timezone.now()
    found = Invitation.objects.select_related("organisation", "project__organisation", "invited_by").filter(
        token_sha256=_digest(token)
    )
    invitation = found.first()
    if invitation is None or invitation.state(moment) != "waiting":
        raise InvitationOver("This invitation was used, withdrawn or is older than a week. Ask for a new one.")
    return invitation


def accept_invitation(
    *, invitation: Invitation, user: User | None = None, name: str = "", password: str = "", at: datetime | None = None
) -> User:
    """Take the place: make the account, or give the person's own account the role.

    The grant is the inviter's; it counts only while the inviter may still grant. Raises InvitationOver, OtherAccount.
    """
    moment = at or timezone.now()
    if invitation.state(moment) != "waiting":
        raise InvitationOver("This invitation was used, withdrawn or is older than a week. Ask for a new one.")
    existing = User.objects.filter(email=invitation.email).first()
    if existing is not None and existing != user:
        raise OtherAccount(f"Sign in as {invitation.email} to accept this invitation.")
    if user is not None and existing is None:
        raise OtherAccount(f"This invitation is for {invitation.email}: sign out first.")
    granted = ("manage", "member") if invitation.role else ("approve", "audit")
    if not may(invitation.invited_by, invitation.scope, granted[0], kind=granted[1]):
        raise InvitationOver(f"{invitation.invited_by} no longer manages people here. Ask for a new invitation.")
    reason = f"Accepted invitation {invitation.reference}"
    with change(by="invitation", reason=reason):
        person = existing or _make_account(invitation, name, password)
    with change(by=person, reason=reason):
        invitation.accepted_at, invitation.accepted_by = moment, person
        invitation.save()
        if invitation.role:
            _grant(invitation, person)
    return person


def _grant(invitation: Invitation, person: User) -> None:
    grant_role(
        user=person, role=invitation.role, scope=invitation.scope, by=invitation.invited_by, until=invitation.until
    )


def _make_account(invitation: Invitation, name: str, password: str) -> User:
    """The link reached the mailbox, so the address counts as verified."""
    person = User.objects.create_user(invitation.email, password, name=name.strip() or invitation.name)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


@governed("Say why the invitation is withdrawn")
def withdraw_invitation(*, invitation: Invitation, by: User, reason: str, at: datetime | None = None) -> Invitation:
    """Close an open place; its link is dead at once."""
    moment = at or timezone.now()
    if invitation.state(moment) != "waiting":
        raise Refused(f"The invitation of {invitation.name} is {invitation.state(moment)}: nothing to withdraw.")
    with change(by=by, reason=reason):
        invitation.withdrawn_at = moment
        invitation.save()
    return invitation


def mail_invitation(invitation: Invitation, link: str) -> bool:
    """Send the link; False when the mail server does not take it, so that the page can say so."""
    text = render_to_string("projects/mail/invitation.txt", {"invitation": invitation, "link": link})
    subject = f"{invitation.invited_by} invites you to {invitation.scope}"
    try:
        return bool(send_mail(" ".join(subject.split()), text, None, [invitation.email]))
    except OSError:
        return False


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
