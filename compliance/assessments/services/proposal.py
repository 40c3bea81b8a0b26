"""What approved answers propose is written down here, and accepted or declined, each with a reason."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from compliance.accounts.models import User
from compliance.assessments.models import Assessment, Proposal, ProposalState
from compliance.assessments.questionnaire import KINDS as IN_ORDER
from compliance.assessments.registry import Made, Stand, consequence_of
from compliance.assessments.rules import Outcome
from compliance.assessments.services.moves import now
from compliance.assessments.services.sheet import Sheet
from compliance.ledger import Refused, change, governed
from compliance.projects.access import may
from compliance.projects.models import Project
from compliance.projects.roles import KINDS

BY_HAND = "Done by hand"
DECIDED = (ProposalState.ACCEPTED, ProposalState.DECLINED, ProposalState.STANDING)


def write_proposals(assessment: Assessment) -> list[Proposal]:
    """One row for each thing the answers switch on and nobody decided before; what stands already is only linked.

    What was declined is asked again when another answer proposes it. Needs a `change()`.
    """
    rows = [_row(assessment, one) for one in undecided(assessment, Sheet(assessment, now().date()).outcomes)]
    for row, stand in zip(rows, stands(assessment.project, rows), strict=True):
        if stand.made is not None:
            row.state = ProposalState.STANDING
            _link(row, stand.made)
    return Proposal.objects.bulk_create(rows)


def undecided(assessment: Assessment, found: Iterable[Outcome]) -> list[Outcome]:
    """What nobody has decided about in the project, and this assessment does not propose yet."""
    held = Proposal.objects.in_project(assessment.project)
    known = held.filter(state__in=DECIDED) | held.filter(assessment=assessment)
    before: dict[tuple[str, str], set[str]] = {}
    own: set[tuple[str, str]] = set()
    for kind, key, state, because, of in known.values_list("kind", "key", "state", "because", "assessment"):
        if state == ProposalState.DECLINED and of != assessment.pk:
            before.setdefault((kind, key), set()).add(because)
        else:
            own.add((kind, key))
    return [
        one
        for one in found
        if (one.kind, one.key) not in own and one.because not in before.get((one.kind, one.key), set())
    ]


def _row(assessment: Assessment, one: Outcome) -> Proposal:
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
    return row


def stands(project: Project, rows: Sequence[Proposal]) -> list[Stand]:
    """How what is proposed stands in its room today; a fixed number of queries for each kind."""
    found: dict[int, Stand] = {}
    numbered = sorted(enumerate(rows), key=lambda pair: (pair[1].kind, pair[1].named))
    for (kind, named), several in groupby(numbered, key=lambda pair: (pair[1].kind, _sort(pair[1]))):
        does, chosen = consequence_of(kind, named), list(several)
        if does is not None and does.look is not None:
            looked = does.look(project, [row.given for _, row in chosen])
            found |= {number: stand for (number, _), stand in zip(chosen, looked, strict=True)}
    return [found.get(number, Stand()) for number in range(len(rows))]


def _sort(row: Proposal) -> str:
    """Records are looked at by what they are, everything else together."""
    return row.named if row.kind == Proposal.Kind.RECORD else ""


@governed("Say why this follows")
def accept_proposals(*, proposals: Sequence[Proposal], by: User, reason: str) -> list[Proposal]:
    """Accept all of them, or none: rooms carry out what they registered; the rest counts as done by hand.

    Frameworks come before the controls that need them, parties before the flows that reach them.
    """
    _check_open(proposals)
    with change(by=by, reason=reason):
        for one in sorted(proposals, key=_turn):
            _link(one, _carry_out(one, by, reason))
            _decide(one, ProposalState.ACCEPTED, by, reason)
        settle_standing(proposals[0].assessment if proposals else None)
    return list(proposals)


def settle_standing(assessment: Assessment | None) -> list[Proposal]:
    """What waits and stands by now asks for nothing any more: adopting a framework brings its controls."""
    if assessment is None:
        return []
    waiting = list(assessment.proposals.waiting().select_related("project__organisation"))
    there = [(row, stand.made) for row, stand in zip(waiting, stands(assessment.project, waiting), strict=True)]
    settled = []
    for row, made in there:
        if made is not None:
            row.state = ProposalState.STANDING
            _link(row, made)
            settled.append(row)
    Proposal.objects.bulk_update(settled, ["state", "made", "made_url", "made_id"])
    return settled


FIRST = ("party", "record")


def _turn(one: Proposal) -> tuple[int, int]:
    return (0 if one.kind == "framework" else 1 if one.kind in FIRST else 2, IN_ORDER.index(one.kind))


@governed("Say why this does not follow")
def decline_proposals(*, proposals: Sequence[Proposal], by: User, reason: str) -> list[Proposal]:
    """Decline them; they stay readable with the reason."""
    _check_open(proposals)
    with change(by=by, reason=reason):
        for one in proposals:
            _decide(one, ProposalState.DECLINED, by, reason)
    return list(proposals)


def take_back(proposals: Iterable[Proposal], reason: str) -> int:
    """Take back what waits and does not follow any more. Needs a `change()`."""
    waiting = [one for one in proposals if one.state == ProposalState.PROPOSED]
    for one in waiting:
        one.state, one.reason = ProposalState.WITHDRAWN, reason
    Proposal.objects.bulk_update(waiting, ["state", "reason"])
    return len(waiting)


def _check_open(proposals: Sequence[Proposal]) -> None:
    for one in proposals:
        if one.state != ProposalState.PROPOSED:
            raise Refused(f"{one.reference} is {one.get_state_display().lower()} already.")


def _carry_out(proposal: Proposal, by: User, reason: str) -> Made:
    does = consequence_of(proposal.kind, proposal.named)
    if does is None:
        return Made(BY_HAND)
    verb, kind = does.needs
    if not may(by, proposal.project, verb, kind):
        raise Refused(f"{proposal.title}: your role does not {verb} {KINDS[kind]}; somebody who may accepts it.")
    told = f"{reason.strip()} ({proposal.reference}: {proposal.because})"
    try:
        return does.accept(project=proposal.project, parameters=proposal.given, by=by, reason=told)
    except Refused as refused:
        raise Refused(f"{proposal.title}: {refused}") from refused


def _link(proposal: Proposal, made: Made) -> None:
    proposal.made, proposal.made_url = made.told[:200], made.url[:300]
    proposal.made_id = made.row.pk if made.row is not None else None


def _decide(proposal: Proposal, state: str, by: User, reason: str) -> None:
    proposal.state, proposal.reason = state, reason.strip()
    proposal.decided_by, proposal.decided_at = by, now()
    proposal.save()
