"""Accounts leave and come back here; nobody is ever deleted."""

from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed
from compliance.projects.models import Membership
from compliance.projects.roles import ROLES
from compliance.projects.services.membership import keep_an_admin


def managed_organisations(user: User) -> set[object]:
    """The organisations whose people this person manages."""
    managing = [key for key, role in ROLES.items() if role.allows("member", "manage")]
    held = Membership.objects.of(user).valid(timezone.now()).filter(project__isnull=True, role__in=managing)
    return set(held.values_list("organisation_id", flat=True))


@governed("Say why the account is closed")
def deactivate_person(*, user: User, by: User, reason: str) -> User:
    """Close an account: sessions end with the next click, roles stay for the record but open nothing.

    Only whoever manages every organisation the person works in may do it, or an operator. Raises LastAdmin.
    """
    _check_authority(user, by)
    if not user.is_active:
        raise Refused(f"{user}'s account is closed already.")
    with change(by=by, reason=reason):
        for membership in Membership.objects.of(user).select_related("organisation", "user"):
            keep_an_admin(membership)
        user.is_active = False
        user.save()
    return user


@governed("Say why the account is opened again")
def reactivate_person(*, user: User, by: User, reason: str) -> User:
    """Open a closed account again, with the roles it still has."""
    _check_authority(user, by)
    if user.is_active:
        raise Refused(f"{user}'s account is open already.")
    with change(by=by, reason=reason):
        user.is_active = True
        user.save()
    return user


def _check_authority(user: User, by: User) -> None:
    if user == by:
        raise Refused("You cannot close or open your own account: ask another organisation admin.")
    elsewhere = Membership.objects.of(user).exclude(organisation__in=managed_organisations(by))
    if elsewhere.exists() and not by.is_operator:
        raise Refused(f"{user} also works elsewhere: end their roles here, or ask the operator of this installation.")
