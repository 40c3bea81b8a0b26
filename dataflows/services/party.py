"""Parties: added, changed, and moved from request to end (GDPR Art. 28)."""

from typing import Any

from compliance.accounts.models import User
from compliance.approvals.models import Approval
from compliance.approvals.services import decide, request_approval
from compliance.ledger import Refused, change, governed, need_reason
from compliance.projects.models import Organisation
from dataflows import clauses, onboarding
from dataflows.models import Party
from dataflows.services.review import WrongState
from dataflows.services.saving import assign, remember_author, save, today
from dataflows.standing import latest_approvals

PURPOSE = "record"


class NotReady(Refused):
    """Something is missing for the step; the message names it."""


def add_party(*, organisation: Organisation, by: User | str, reason: str = "", **details: Any) -> Party:
    """Ask for a new party; it is not used before it is approved. Raises BadValue."""
    party = Party(organisation=organisation)
    return _write(party, by, reason, details)


def change_party(*, party: Party, by: User | str, reason: str = "", **fields: Any) -> Party:
    """Change a party's particulars. Raises BadValue."""
    return _write(party, by, reason, fields)


def _write(party: Party, by: User | str, reason: str, fields: dict[str, Any]) -> Party:
    with change(by=by, reason=reason):
        assign(party, fields)
        remember_author(party, by)
        save(party)
    return party


def move_party(*, party: Party, to: str, by: User | str, reason: str) -> Party:
    """Move a party along its states, but for its approval. Raises WrongState, NotReady."""
    aim = Party.State(to)
    if aim not in party.next_states:
        ways = " or ".join(state.label.lower() for state in party.next_states) or "nowhere"
        raise WrongState(f"{party} is {party.get_state_display().lower()}: from there it goes to {ways}.")
    if aim == Party.State.APPROVED:
        raise WrongState(f"{party} is put forward, and approved by somebody who prepared none of it.")
    need_reason(reason, f"Say why {party} becomes {aim.label.lower()}")
    _check(party, aim)
    with change(by=by, reason=reason):
        party.state = aim
        party.save()
    return party


def put_party_forward(*, party: Party, by: User, reason: str = "") -> Approval:
    """Put a party before whoever approves; also one that changed since. Raises WrongState, NotReady."""
    complete = Party.objects.complete().get(pk=party.pk)
    if not onboarding.approvable(complete) and not is_changed(complete):
        raise WrongState(f"{party} is {party.get_state_display().lower()}: there is nothing to approve now.")
    _check(complete, Party.State.APPROVED)
    return request_approval(
        subject=party, purpose=PURPOSE, facts=complete.facts(), scope=party.organisation, by=by, reason=reason
    )


@governed()
def approve_party(*, party: Party, by: User, reason: str) -> Party:
    """Approve a party as it was put forward. Raises WrongState, NotReady, and NotYours for whoever prepared it."""
    complete = Party.objects.complete().get(pk=party.pk)
    request = waiting(complete)
    if request is None:
        raise WrongState(f"{party} has to be put forward for approval first.")
    _check(complete, Party.State.APPROVED)
    authors = tuple(User.objects.filter(pk__in=complete.authors))
    with change(by=by, reason=reason):
        decide(approval=request, approve=True, facts=complete.facts(), by=by, reason=reason, authors=authors)
        if onboarding.approvable(complete):
            complete.state = Party.State.APPROVED
        complete.review_date = complete.review_date or clauses.next_review(today(), complete.tier)
        complete.authors = []
        complete.save()
    return complete


@governed("Say what has to change")
def send_party_back(*, party: Party, by: User, reason: str) -> Party:
    """Give a party back to those who prepared it. Raises WrongState."""
    request = waiting(party)
    if request is None:
        raise WrongState(f"{party} is not put forward for approval.")
    decide(approval=request, approve=False, facts={}, by=by, reason=reason)
    return party


def waiting(party: Party) -> Approval | None:
    """The request somebody has to decide about."""
    return Approval.objects.of(party, PURPOSE).waiting().select_related("requested_by").first()


def is_changed(party: Party) -> bool:
    """Approved once, and changed since; the party has to be complete."""
    approval = latest_approvals([party]).get(party.pk)
    return approval is not None and approval.is_outdated(party.facts())


def _check(party: Party, aim: Party.State) -> None:
    lacking = [one.text for one in onboarding.missing(party, aim, today()) if one.blocks]
    if lacking:
        raise NotReady(" ".join(lacking))
