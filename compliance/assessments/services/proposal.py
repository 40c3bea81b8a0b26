"""What approved answers propose is written down here, and accepted or declined, each with a reason."""

from collections.abc import Sequence

from compliance.accounts.models import User
from compliance.assessments.models import Assessment, Proposal, ProposalState
from compliance.assessments.questionnaire import KINDS as IN_ORDER
from compliance.assessments.registry import Made, consequences
from compliance.assessments.services.moves import now
from compliance.assessments.services.sheet import Sheet
from compliance.ledger import Refused, change, governed
from compliance.projects.access import may
from compliance.projects.roles import KINDS

BY_HAND = "Done by hand"


def write_proposals(assessment: Assessment) -> list[Proposal]:
    """One row for each thing the answers switch on and the project has not accepted already. Needs a `change()`."""
    accepted = set(Proposal.objects.in_project(assessment.project).accepted().values_list("kind", "key"))
    rows = []
    for one in Sheet(assessment, now().date()).outcomes:
        if (one.kind, one.key) in accepted:
            continue
        row = Proposal(
            project=assessment.project,
            assessment=assessment,
            kind=one.kind,
            key=one.key,
            title=one.title,
            rule=one.rule[:120],
            question=one.question,
            because=one.because,
        )
        row.given = {"key": one.key, "title": one.title, **one.parameters}
        rows.append(row)
    return Proposal.objects.bulk_create(rows)


@governed("Say why this follows")
def accept_proposals(*, proposals: Sequence[Proposal], by: User, reason: str) -> list[Proposal]:
    """Accept all of them, or none: rooms carry out what they registered; the rest counts as done by hand.

    Frameworks come before the controls that need them.
    """
    _check_open(proposals)
    with change(by=by, reason=reason):
        for one in sorted(proposals, key=lambda one: IN_ORDER.index(one.kind)):
            made = _carry_out(one, by, reason)
            one.made, one.made_url = made.told[:200], made.url[:300]
            _decide(one, ProposalState.ACCEPTED, by, reason)
    return list(proposals)


@governed("Say why this does not follow")
def decline_proposals(*, proposals: Sequence[Proposal], by: User, reason: str) -> list[Proposal]:
    """Decline them; they stay readable with the reason."""
    _check_open(proposals)
    with change(by=by, reason=reason):
        for one in proposals:
            _decide(one, ProposalState.DECLINED, by, reason)
    return list(proposals)


def _check_open(proposals: Sequence[Proposal]) -> None:
    for one in proposals:
        if one.state != ProposalState.PROPOSED:
            raise Refused(f"{one.reference} is {one.get_state_display().lower()} already.")


def _carry_out(proposal: Proposal, by: User, reason: str) -> Made:
    does = consequences.get(proposal.kind)
    if does is None:
        return Made(BY_HAND)
    verb, kind = does.needs
    if not may(by, proposal.project, verb, kind):
        raise Refused(f"{proposal.title}: your role does not {verb} {KINDS[kind]}; somebody who may accepts it.")
    told = f"{reason} ({proposal.reference}: {proposal.because})"
    try:
        return does.accept(project=proposal.project, parameters=proposal.given, by=by, reason=told)
    except Refused as refused:
        raise Refused(f"{proposal.title}: {refused}") from refused


def _decide(proposal: Proposal, state: str, by: User, reason: str) -> None:
    proposal.state, proposal.reason = state, reason.strip()
    proposal.decided_by, proposal.decided_at = by, now()
    proposal.save()
