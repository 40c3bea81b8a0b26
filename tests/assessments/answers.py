"""Answers for tests: one to every question, in the words of the data."""

from typing import Any

from compliance.accounts.models import User
from compliance.assessments.models import Assessment
from compliance.assessments.questionnaire import Part, Question, questionnaire
from compliance.assessments.services import begin_review, finish_review, save_answer, submit_assessment
from compliance.assessments.services.answer import Given

PLAIN = {"text": "Said so", "num": "1", "date": "2026-06-01", "country": ["DE"]}


def any_value(question: Question) -> dict[str, Any]:
    """Something true to every part of a question."""
    return {part.key: _any(part) for part in question.parts}


def _any(part: Part) -> Any:
    if part.type == "table":
        if part.none:
            return "none"
        row = {one.key: next(iter(one.options), "") or PLAIN.get(one.type, "") for one in part.columns}
        return [{key: "DE" if cell == ["DE"] else cell for key, cell in row.items()}]
    if part.type == "many":
        return [part.alone or next(iter(part.options))]
    return next(iter(part.options), "") or PLAIN[part.type]


def answer_all(row: Assessment, by: User, **values: dict[str, Any]) -> None:
    """Answer everything, with these values where they are given."""
    for one in questionnaire().questions.values():
        save_answer(assessment=row, question=one, given=Given(values.get(one.id) or any_value(one)), by=by)
    row.refresh_from_db()


def to_reviewed(row: Assessment, by: User, reviewer: User, **values: dict[str, Any]) -> Assessment:
    """Answered, submitted and reviewed."""
    answer_all(row, by, **FITTING, **values)
    submit_assessment(assessment=row, by=by)
    begin_review(assessment=row, by=reviewer)
    return finish_review(assessment=row, by=reviewer, reason="Read")


# What fits together with everything else `any_value` says.
FITTING: dict[str, dict[str, Any]] = {
    "Q28": {"answer": "no"},
    "Q37": {"answer": "nothing"},
    "Q13": {"answer": "unlikely_checked"},
}
