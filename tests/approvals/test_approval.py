"""Approval binds to a snapshot, by somebody else."""

import pytest

from compliance.accounts.models import User
from compliance.approvals.models import Approval
from compliance.approvals.services import NotYours, decide, request_approval, revoke
from compliance.approvals.snapshot import facts_of, snapshot
from compliance.ledger import Refused, change
from compliance.projects.models import Project


def ask(project: Project, by: User) -> Approval:
    return request_approval(subject=project, purpose="profile", facts=facts_of(project), scope=project, by=by)


def test_the_same_facts_give_the_same_hash_in_any_order() -> None:
    assert snapshot({"a": 1, "b": "x"}) == snapshot({"b": "x", "a": 1})


def test_somebody_else_approves_what_was_put_forward(stridewell: Project, ed: User, mara: User) -> None:
    approval = decide(
        approval=ask(stridewell, ed), approve=True, facts=facts_of(stridewell), by=mara, reason="Read it."
    )

    assert (approval.state, approval.decided_by) == ("approved", mara)
    assert approval.is_outdated(facts_of(stridewell)) is False


def test_the_requester_may_not_decide(stridewell: Project, ed: User) -> None:
    with pytest.raises(NotYours):
        decide(approval=ask(stridewell, ed), approve=True, facts=facts_of(stridewell), by=ed, reason="Mine.")


def test_the_author_may_not_decide(stridewell: Project, ed: User, mara: User) -> None:
    with pytest.raises(NotYours):
        decide(
            approval=ask(stridewell, ed), approve=True, facts=facts_of(stridewell), by=mara, reason="x", authors=(mara,)
        )


def test_a_decision_needs_a_reason(stridewell: Project, ed: User, mara: User) -> None:
    with pytest.raises(Refused, match="reason"):
        decide(approval=ask(stridewell, ed), approve=True, facts=facts_of(stridewell), by=mara, reason=" ")


def test_what_changed_since_the_request_is_not_approved(stridewell: Project, ed: User, mara: User) -> None:
    approval = ask(stridewell, ed)
    with change(by=ed):
        stridewell.summary = "Something new"
        stridewell.save()

    with pytest.raises(Refused, match="changed since"):
        decide(approval=approval, approve=True, facts=facts_of(stridewell), by=mara, reason="Fine")


def test_an_approval_turns_outdated_by_itself(stridewell: Project, ed: User, mara: User) -> None:
    approval = decide(
        approval=ask(stridewell, ed), approve=True, facts=facts_of(stridewell), by=mara, reason="Read it."
    )
    with change(by=ed):
        stridewell.summary = "Something new"
        stridewell.save()

    assert approval.is_outdated(facts_of(stridewell)) is True


def test_a_newer_request_replaces_the_open_one(stridewell: Project, ed: User) -> None:
    first, second = ask(stridewell, ed), ask(stridewell, ed)

    first.refresh_from_db()
    assert (first.state, second.state) == ("revoked", "requested")


@pytest.mark.parametrize("state", ["requested", "rejected", "revoked"])
def test_only_an_approval_is_revoked(stridewell: Project, ed: User, mara: User, state: str) -> None:
    approval = ask(stridewell, ed)
    with change(by=mara):
        approval.state = state
        approval.save()

    with pytest.raises(Refused, match="only an approval"):
        revoke(approval=approval, by=mara, reason="No")
