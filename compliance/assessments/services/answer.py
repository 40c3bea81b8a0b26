"""One answer at a time: saved as it is given, or asked of a colleague."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from compliance.accounts.models import User
from compliance.assessments.models import Answer, Assessment, State
from compliance.assessments.questionnaire import Question
from compliance.assessments.services.moves import check_editable, now
from compliance.ledger import Refused, change
from compliance.projects.access import may
from compliance.projects.models import Membership
from compliance.projects.roles import role_name
from compliance.tasks.models import Task
from compliance.tasks.services import add_task, cancel_task, finish_task, update_task
from compliance.ui.addresses import filled

DAYS_TO_FIND_OUT = 7


class AnswerChanged(Refused):
    """Somebody else answered since the page was drawn; nothing was overwritten."""


@dataclass(frozen=True)
class Given:
    """What somebody says to a question. `version` is that of the answer they saw, None when it does not matter."""

    value: dict[str, Any]
    unknown: bool = False
    comment: str = ""
    evidence_url: str = ""
    version: int | None = None
    confirm: bool = False


def save_answer(*, assessment: Assessment, question: Question, given: Given, by: User) -> Answer:
    """Keep an answer of a draft; the same answer again writes nothing. A returned assessment becomes a draft again.

    "I don't know" gives a task to whoever may know; the answer finishes it. One carried over waits until it is
    changed or confirmed. Raises AnswerChanged and NotEditable.
    """
    _check_address(given.evidence_url)
    with change(by=by):
        held = _held(assessment)
        answer = Answer.objects.filter(assessment=held, question=question.id).select_related("task").first()
        if given.version is not None and given.version != (answer.version if answer else 0):
            who = answer.answered_by if answer else "Somebody"
            raise AnswerChanged(f"{who} answered {question.id} since this page was drawn: load it again to see how.")
        answer = answer or Answer(project=held.project, assessment=held, question=question.id)
        if not _differs(answer, given):
            return answer
        answer.value, answer.unknown = given.value, given.unknown
        answer.comment, answer.evidence_url = given.comment.strip(), given.evidence_url.strip()
        answer.confirmed, answer.answered_by, answer.answered_at = True, by, now()
        _follow_task(answer, question, by)
        answer.save()
        _settle(held, question)
        _take_up(held)
    return answer


def ask_colleague(
    *, assessment: Assessment, question: Question, colleague: User, due_date: date, by: User, note: str = ""
) -> Answer:
    """Give a question to somebody who may answer it, as a task that leads to it; the answer finishes the task."""
    if not may(colleague, assessment.project, "edit", "assessment"):
        raise Refused(f"{colleague} may not answer in {assessment.project}: give them a role there first.")
    with change(by=by, reason=note):
        held = _held(assessment)
        answer = Answer.objects.filter(assessment=held, question=question.id).select_related("task").first()
        if answer is None:
            answer = Answer(project=held.project, assessment=held, question=question.id, answered_by=by)
            answer.answered_at = now()
        if answer.task is not None and answer.task.state == Task.State.OPEN:
            update_task(task=answer.task, by=by, assignee=colleague, due_date=due_date, detail=note or question.text)
        else:
            answer.task = _task(held, question, colleague, due_date, by, note)
        answer.save()
    return answer


def _held(assessment: Assessment) -> Assessment:
    """The assessment, held until the change is done, and open to answers."""
    held = Assessment.objects.select_for_update(of=("self",)).select_related("project__organisation")
    found = held.get(pk=assessment.pk)
    check_editable(found)
    return found


def _take_up(assessment: Assessment) -> None:
    """What was returned is worked on again."""
    if assessment.state == State.RETURNED:
        assessment.state = State.DRAFT
        assessment.save()


def _differs(answer: Answer, given: Given) -> bool:
    now_said = (answer.value, answer.unknown, answer.comment, answer.evidence_url)
    said = (given.value, given.unknown, given.comment.strip(), given.evidence_url.strip())
    return now_said != said or (given.confirm and not answer.confirmed)


def _settle(assessment: Assessment, question: Question) -> None:
    for remark in assessment.remarks.filter(question=question.id, settled=False):
        remark.settled = True
        remark.save()


def _check_address(url: str) -> None:
    inside = url.startswith("/") and not url.startswith(("//", "/\\"))
    if url.strip() and not inside and not url.startswith("https://"):
        raise Refused("Evidence is a page in Assay, beginning with /, or an address beginning with https://.")


def _follow_task(answer: Answer, question: Question, by: User) -> None:
    """The task of an answer: given when nobody knows, done when somebody said it."""
    task = answer.task if answer.task is not None and answer.task.state == Task.State.OPEN else None
    if answer.unknown and task is None:
        knows = who_knows(answer.assessment, question, by)
        due = now().date() + timedelta(days=DAYS_TO_FIND_OUT)
        answer.task = _task(answer.assessment, question, knows, due, by)
    elif task is not None and not answer.unknown and answer.value:
        finish_task(task=task, by=by, outcome=f"{question.id} is answered.")
    elif task is not None and not answer.unknown and task.title.startswith("Find out"):
        cancel_task(task=task, by=by, reason=f"{question.id} no longer says that nobody knows.")


def _task(assessment: Assessment, question: Question, assignee: User, due_date: date, by: User, note: str = "") -> Task:
    title = f"Find out: {question.text}" if not note else f"Answer: {question.text}"
    return add_task(
        scope=assessment.project,
        title=title[:200],
        assignee=assignee,
        due_date=due_date,
        by=by,
        reason=f"{question.id} of {assessment.reference}",
        detail=note or question.help,
        source_url=filled("assessments:question", assessment.project.slug, assessment.reference, question.id),
    )


def who_knows(assessment: Assessment, question: Question, by: User) -> User:
    """Who is asked: somebody in the role that knows, else a compliance officer, else whoever said so."""
    held = Membership.objects.reaching(assessment.project).valid(now()).filter(user__is_active=True)
    for role in (question.knows, "compliance_officer"):
        found = held.filter(role=role).exclude(user=by).select_related("user").order_by("project", "user__name").first()
        if found is not None:
            return found.user
    return by


def asked_role(question: Question) -> str:
    """Who is asked when nobody knows, as people call the role."""
    return role_name(question.knows).lower()
