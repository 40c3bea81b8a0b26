"""Assessments from draft to approved: carried over, frozen, reviewed by one person and approved by another."""

from datetime import timedelta

from compliance.accounts.models import User
from compliance.approvals.services import NotYours, decide, request_approval
from compliance.assessments.models import Answer, Assessment, Remark, State
from compliance.assessments.questionnaire import LATEST, Question, questionnaire
from compliance.assessments.services.moves import check_move, now
from compliance.assessments.services.proposal import take_back, write_proposals
from compliance.assessments.services.sheet import Sheet
from compliance.ledger import Refused, change, governed
from compliance.projects.models import Project, Release

DAYS_TO_REVIEW, DAYS_VALID = 10, 365
PURPOSE = "assessment"


class NotFinished(Refused):
    """Something is not answered, not confirmed, or contradicts itself."""


def start_assessment(
    *, project: Project, by: User, release: Release | None = None, changes: tuple[str, ...] = (), reason: str = ""
) -> Assessment:
    """Begin the assessment of a release; what was approved is carried over, and only what changed is asked again."""
    if (other := Assessment.objects.in_project(project).open().first()) is not None:
        raise Refused(f"{other.reference} is not finished: go on with that one.")
    asked = questionnaire(LATEST)
    if unknown := set(changes) - {one.key for one in asked.changes}:
        raise Refused(f"There is no such change: {', '.join(sorted(unknown))}.")
    before = Assessment.objects.in_project(project).approved().first()
    row = Assessment(
        project=project,
        release=release,
        edition=asked.edition,
        changes=" ".join(changes),
        carried_from=before,
        started_by=by,
        started_at=now(),
    )
    with change(by=by, reason=reason):
        row.save()
        if before is not None:
            _carry_over(before, row, asked.opened_by(list(changes)))
            _lapse(before)
    return row


def _carry_over(before: Assessment, row: Assessment, opened: set[str]) -> None:
    """The approved answers again; those touched, old or not known wait for a tick."""
    oldest = now() - timedelta(days=DAYS_VALID)
    kept = [one for one in before.answers.all() if one.question in row.questions.questions]
    Answer.objects.bulk_create(
        Answer(
            project=row.project,
            assessment=row,
            question=one.question,
            said=one.said,
            unknown=one.unknown,
            comment=one.comment,
            evidence_url=one.evidence_url,
            answered_by=one.answered_by,
            answered_at=one.answered_at,
            carried_over=True,
            confirmed=one.question not in opened and one.answered_at >= oldest and not one.unknown,
        )
        for one in kept
    )


def _lapse(before: Assessment) -> None:
    if before.standing(now().date()) == State.EXPIRED:
        before.state = State.EXPIRED
        before.save()


def submit_assessment(*, assessment: Assessment, by: User, reason: str = "") -> Assessment:
    """Freeze the answers and put them before a reviewer. Raises NotFinished with what is missing."""
    check_move(assessment, State.SUBMITTED)
    sheet = Sheet(assessment, now().date())
    if sheet.missing:
        names = ", ".join(one.id for one in sheet.missing)
        raise NotFinished(f"Not answered yet: {names}. “I don't know” is an answer, too.")
    if open_clashes := [one.say for one in sheet.clashes() if not one.explained]:
        raise NotFinished(f"This does not fit together: {' '.join(open_clashes)} Change an answer, or explain it.")
    with change(by=by, reason=reason or "Submitted"):
        assessment.approval = request_approval(
            subject=assessment, purpose=PURPOSE, facts=sheet.facts(), scope=assessment.project, by=by
        )
        assessment.review_due = now().date() + timedelta(days=DAYS_TO_REVIEW)
        assessment.reviewed_by = None
        return _set(assessment, State.SUBMITTED)


def begin_review(*, assessment: Assessment, by: User) -> Assessment:
    """Take it up for review; nobody reviews what they submitted or answered."""
    check_move(assessment, State.IN_REVIEW)
    _refuse_authors(assessment, by)
    with change(by=by, reason="Review begun"):
        return _set(assessment, State.IN_REVIEW)


def remark_on(*, assessment: Assessment, question: Question, text: str, by: User) -> Remark:
    """Say something about one answer while it is reviewed."""
    if assessment.state not in {State.IN_REVIEW, State.REVIEWED}:
        said = assessment.get_state_display().lower()
        raise Refused(f"{assessment.reference} is {said}: answers are remarked on while it is in review.")
    _refuse_authors(assessment, by)
    if not text.strip():
        raise Refused("Write what is to be clarified or changed.")
    with change(by=by, reason=text.strip()):
        row = Remark(project=assessment.project, assessment=assessment, question=question.id, author=by, made_at=now())
        row.text = text.strip()
        row.save()
    return row


@governed("Say what has to be changed")
def send_back_assessment(*, assessment: Assessment, by: User, reason: str) -> Assessment:
    """Give it back to the people of the project, with what has to change."""
    check_move(assessment, State.RETURNED)
    with change(by=by, reason=reason):
        _decide(assessment, by, reason, approve=False)
        return _set(assessment, State.RETURNED)


@governed("Say what you looked at")
def finish_review(*, assessment: Assessment, by: User, reason: str) -> Assessment:
    """The answers are plausible and complete; somebody else approves them."""
    check_move(assessment, State.REVIEWED)
    _refuse_authors(assessment, by)
    if open_remarks := assessment.remarks.filter(settled=False).count():
        raise Refused(f"{open_remarks} of your remarks are open: send it back, or nobody answers them.")
    with change(by=by, reason=reason):
        assessment.reviewed_by = by
        return _set(assessment, State.REVIEWED)


@governed("Say on what you rely")
def approve_assessment(*, assessment: Assessment, by: User, reason: str) -> Assessment:
    """Approve the frozen answers: what they propose is written down, the assessment before is superseded."""
    check_move(assessment, State.APPROVED)
    if by.pk == assessment.reviewed_by_id:
        raise NotYours("You reviewed it: somebody else approves.")
    with change(by=by, reason=reason):
        _decide(assessment, by, reason, approve=True)
        for before in Assessment.objects.in_project(assessment.project).approved():
            before.state = State.SUPERSEDED
            before.save()
            take_back(before.proposals.waiting(), f"{assessment.reference} says it anew")
        assessment.valid_until = now().date() + timedelta(days=DAYS_VALID)
        _set(assessment, State.APPROVED)
        write_proposals(assessment)
    return assessment


def _decide(assessment: Assessment, by: User, reason: str, *, approve: bool) -> None:
    facts = Sheet(assessment, now().date()).facts()
    if assessment.approval is None:
        raise Refused(f"{assessment.reference} was never submitted.")
    decide(
        approval=assessment.approval, approve=approve, facts=facts, by=by, reason=reason, authors=_authors(assessment)
    )


def _authors(assessment: Assessment) -> tuple[User, ...]:
    """Whoever answered anything this time."""
    keys = assessment.answers.filter(carried_over=False).values_list("answered_by", flat=True)
    again = assessment.answers.filter(carried_over=True, answered_at__gte=assessment.started_at)
    return tuple(User.objects.filter(pk__in={*keys, *again.values_list("answered_by", flat=True)}))


def _refuse_authors(assessment: Assessment, by: User) -> None:
    requester = assessment.approval.requested_by_id if assessment.approval else None
    if by.pk in {requester, *(one.pk for one in _authors(assessment))}:
        raise NotYours("You answered or submitted it yourself: somebody else reviews.")


def _set(assessment: Assessment, to: str) -> Assessment:
    assessment.state = to
    assessment.save()
    return assessment
