"""Rules an organisation changes: put forward with what they would do, decided by somebody else, then in force."""

import json
from typing import Any

from compliance.accounts.models import User
from compliance.approvals.services import decide, request_approval
from compliance.assessments.models import RULE_MOVES, Assessment, Proposal, ProposalState, RuleChange, RuleState
from compliance.assessments.questionnaire import LATEST, questionnaire
from compliance.assessments.ruled import Effect, effects
from compliance.assessments.services.moves import WrongMove
from compliance.assessments.services.proposal import take_back, write_proposals
from compliance.ledger import Refused, change, governed
from compliance.projects.models import Organisation

PURPOSE = "rule"


def change_of(
    *, organisation: Organisation, rule: str, by: User, off: bool = False, says: dict[str, Any] | None = None
) -> RuleChange:
    """A change of a rule that is not kept yet, to look at what it would do."""
    row = RuleChange(organisation=organisation, edition=LATEST, rule=rule, off=off, proposed_by=by)
    row.content = json.dumps(says, ensure_ascii=False, sort_keys=True) if says else ""
    return row


def next_own(organisation: Organisation) -> str:
    """The id of the next rule of the organisation's own."""
    names = RuleChange.objects.in_organisation(organisation).filter(rule__startswith="OWN-")
    numbers = [int(name[4:]) for name in names.values_list("rule", flat=True) if name[4:].isdigit()]
    return f"OWN-{max(numbers, default=0) + 1}"


@governed("Say why the rule is changed")
def propose_rule(
    *,
    organisation: Organisation,
    rule: str,
    by: User,
    reason: str,
    off: bool = False,
    says: dict[str, Any] | None = None,
) -> RuleChange:
    """Put a change forward; somebody else approves it. One change of a rule waits at a time."""
    row = change_of(organisation=organisation, rule=rule, by=by, off=off, says=says)
    if not row.is_own and rule not in {one.id for one in questionnaire(LATEST).rules}:
        raise Refused(f"There is no rule {rule} in this edition.")
    waiting = RuleChange.objects.in_organisation(organisation).waiting().filter(rule=rule, edition=LATEST).first()
    if waiting is not None:
        raise Refused(f"{waiting.reference} of this rule waits for approval: have that decided first.")
    row.why = reason.strip()
    with change(by=by, reason=reason):
        row.save()
        row.approval = request_approval(subject=row, purpose=PURPOSE, facts=row.facts(), scope=organisation, by=by)
        row.save()
    return row


@governed("Say what you looked at")
def decide_rule(*, row: RuleChange, approve: bool, by: User, reason: str) -> list[Effect]:
    """Put it in force, or reject it; nobody decides on their own. What waits follows, what is decided stays."""
    to = RuleState.IN_FORCE if approve else RuleState.REJECTED
    if to not in RULE_MOVES[row.state]:
        raise WrongMove(f"{row.reference} is {row.get_state_display().lower()}: it is decided once.")
    if row.approval is None:
        raise Refused(f"{row.reference} was never put forward.")
    found = effects(row) if approve else []
    with change(by=by, reason=reason):
        decide(approval=row.approval, approve=approve, facts=row.facts(), by=by, reason=reason)
        before = RuleChange.objects.in_organisation(row.organisation).in_force()
        for old in before.filter(rule=row.rule, edition=row.edition) if approve else ():
            old.state = RuleState.ENDED
            old.save()
        row.state = to
        row.save()
        for effect in found:
            if effect.assessment.state == "approved":
                _follow(effect, row)
    return found


def _follow(effect: Effect, row: RuleChange) -> None:
    """The proposals of an approved assessment that wait become what the rules say now."""
    assessment: Assessment = effect.assessment
    waiting = {(one.kind, one.key): one for one in assessment.proposals.waiting()}
    gone = [waiting[key] for one in effect.removed if (key := (one.kind, one.key)) in waiting]
    take_back(gone, f"{row.reference}: rule {row.rule} {row.told}")
    reworded = []
    for one in effect.reworded:
        if (held := waiting.get((one.kind, one.key))) is not None:
            held.title, held.because, held.rule = one.title, one.because, one.rule[:120]
            held.given = {"key": one.key, "title": one.title, **one.parameters}
            reworded.append(held)
    Proposal.objects.bulk_update(reworded, ["title", "because", "rule", "parameters"])
    again = assessment.proposals.filter(state=ProposalState.WITHDRAWN)
    known = {(one.kind, one.key): one for one in again}
    back = [known[key] for one in effect.added if (key := (one.kind, one.key)) in known]
    for held in back:
        held.state, held.reason = ProposalState.PROPOSED, ""
    Proposal.objects.bulk_update(back, ["state", "reason"])
    write_proposals(assessment)
