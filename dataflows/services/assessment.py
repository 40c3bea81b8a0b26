"""Transfer assessments: drafted, opinion of the data protection officer, decided by somebody else, repeated in time."""

from typing import Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.models import Approval
from compliance.approvals.services import NotYours, decide, request_approval
from compliance.ledger import Refused, change, governed
from compliance.ledger.context import simulated_moment
from compliance.projects.models import Organisation
from dataflows import clauses, vocabulary
from dataflows.models import ASSESSMENT_MOVES, AssessmentState, Transfer, TransferAssessment
from dataflows.services.review import WrongState
from dataflows.services.saving import BadValue, assign, known_codes, remember_author, save, today

PURPOSE = "record"
STEPS = {
    "known": "1, the transfer",
    "mechanism": "2, the tool",
    "law": "3, the law",
    "practice": "3, the practice",
    "formal_steps": "5, formal steps",
    "expires_date": "6, the day to look again",
    "result": "the result",
    "conclusion": "the conclusion",
}


class NotComplete(Refused):
    """A step of the assessment is not written."""


def draft_assessment(
    *, organisation: Organisation, by: User | str, reason: str = "", **details: Any
) -> TransferAssessment:
    """Begin to assess a transfer. Raises BadValue."""
    return change_assessment(assessment=TransferAssessment(organisation=organisation), by=by, reason=reason, **details)


def change_assessment(
    *, assessment: TransferAssessment, by: User | str, reason: str = "", **fields: Any
) -> TransferAssessment:
    """Change a draft; what is in force is repeated instead. Raises BadValue, WrongState."""
    _expect(assessment, AssessmentState.DRAFT, "only a draft is changed; repeat the one in force")
    with change(by=by, reason=reason):
        assign(assessment, fields)
        if vocabulary.in_eea(assessment.country) and not assessment.parent_outside:
            raise BadValue(f"Destination: {assessment.destination} is in the EEA, so nothing is transferred.")
        if assessment.importer and assessment.importer.organisation_id != assessment.organisation_id:
            raise BadValue("Importer: choose a party of the same organisation.")
        known = clauses.supplementary_measures()
        assessment.measures = known_codes(assessment.measures, known, "Supplementary measures")
        remember_author(assessment, by)
        save(assessment)
    return assessment


def missing_steps(assessment: TransferAssessment) -> list[str]:
    """The steps that are not written yet, in words."""
    found = [name for key, name in STEPS.items() if not str(getattr(assessment, key) or "").strip()]
    if assessment.result == assessment.Result.OK_WITH_MEASURES and not assessment.measures:
        found.append("4, the measures it is possible with")
    return found


def submit_assessment(*, assessment: TransferAssessment, by: User, reason: str = "") -> TransferAssessment:
    """Put an assessment before the data protection officer. Raises WrongState, NotComplete."""
    _expect(assessment, AssessmentState.DRAFT, "only a draft is put forward")
    if lacking := missing_steps(assessment):
        raise NotComplete(f"{assessment.reference} lacks {'; '.join(lacking)}.")
    if assessment.has_run_out(today()):
        raise NotComplete("The day to look again is over: choose a later one.")
    with change(by=by, reason=reason):
        request_approval(
            subject=assessment,
            purpose=PURPOSE,
            facts=assessment.facts(),
            scope=assessment.organisation,
            by=by,
            reason=reason,
        )
        _move(assessment, AssessmentState.OPINION)
    return assessment


@governed("Write the opinion")
def give_opinion(*, assessment: TransferAssessment, by: User, reason: str) -> TransferAssessment:
    """Give the opinion of the data protection officer (GDPR Art. 39(1)). Raises WrongState, NotYours."""
    _expect(assessment, AssessmentState.OPINION, "an opinion is given on what was put forward")
    _not_by_author(assessment, by)
    with change(by=by, reason=reason):
        assessment.opinion, assessment.opinion_by = reason, by
        assessment.opinion_at = simulated_moment() or timezone.now()
        _move(assessment, AssessmentState.DECISION)
    return assessment


@governed("Say what has to change")
def send_assessment_back(*, assessment: TransferAssessment, by: User, reason: str) -> TransferAssessment:
    """Give an assessment back to those who wrote it. Raises WrongState."""
    request = _waiting(assessment)
    with change(by=by, reason=reason):
        decide(approval=request, approve=False, facts={}, by=by, reason=reason)
        _move(assessment, AssessmentState.DRAFT)
    return assessment


@governed()
def approve_assessment(*, assessment: TransferAssessment, by: User, reason: str) -> TransferAssessment:
    """Put an assessment in force; transfers that rested on the one before it rest on this one.

    Raises WrongState, and NotYours for whoever wrote it or gave the opinion.
    """
    _expect(assessment, AssessmentState.DECISION, "the opinion of the data protection officer comes first")
    request = _waiting(assessment)
    if assessment.opinion_by_id == by.pk:
        raise NotYours("You gave the opinion: somebody else has to decide.")
    authors = tuple(User.objects.filter(pk__in=assessment.authors))
    with change(by=by, reason=reason):
        decide(approval=request, approve=True, facts=assessment.facts(), by=by, reason=reason, authors=authors)
        assessment.approved_at = simulated_moment() or timezone.now()
        _move(assessment, AssessmentState.IN_FORCE)
        if assessment.replaces:
            _take_over(assessment, assessment.replaces)
    return assessment


def _take_over(assessment: TransferAssessment, before: TransferAssessment) -> None:
    for transfer in Transfer.objects.filter(assessment=before):
        transfer.assessment = assessment
        transfer.save()
    if before.state == AssessmentState.IN_FORCE:
        _move(before, AssessmentState.SUPERSEDED)


def repeat_assessment(*, assessment: TransferAssessment, by: User | str, reason: str = "") -> TransferAssessment:
    """Draft the next from the one in force, which stands until the new one is approved. Raises WrongState."""
    _expect(assessment, AssessmentState.IN_FORCE, "only what is in force is repeated")
    if assessment.successors.exclude(state=AssessmentState.SUPERSEDED).exists():
        raise WrongState(f"{assessment.reference} is being repeated already.")
    kept = ("title", "country", "importer", *STEPS, "measures", "measures_text", "triggers")
    told = {name: getattr(assessment, name) for name in kept if name not in ("expires_date", "result", "conclusion")}
    draft = TransferAssessment(organisation=assessment.organisation, replaces=assessment)
    return change_assessment(assessment=draft, by=by, reason=reason, **told)


def _move(assessment: TransferAssessment, to: AssessmentState) -> None:
    if to not in ASSESSMENT_MOVES[assessment.state]:
        raise WrongState(f"{assessment.reference} is {assessment.get_state_display().lower()}: that step is not open.")
    assessment.state = to
    assessment.save()


def _expect(assessment: TransferAssessment, state: AssessmentState, otherwise: str) -> None:
    if assessment.state != state:
        said = assessment.get_state_display()
        raise WrongState(
            f"{assessment.reference} is {said[:1].lower() if said[:3] != 'DPO' else said[:1]}{said[1:]}: {otherwise}."
        )


def _not_by_author(assessment: TransferAssessment, by: User) -> None:
    if str(by.pk) in assessment.authors:
        raise NotYours("You wrote it yourself: somebody else gives the opinion.")


def _waiting(assessment: TransferAssessment) -> Approval:
    request = Approval.objects.of(assessment, PURPOSE).waiting().first()
    if request is None or assessment.state not in (AssessmentState.OPINION, AssessmentState.DECISION):
        raise WrongState(f"{assessment.reference} is {assessment.get_state_display().lower()}: put it forward first.")
    return request
