"""An assessment as it stands: what is asked, said, done and missing, from one query over its answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from compliance.assessments.models import Answer, Assessment, Remark
from compliance.assessments.questionnaire import Question, Questionnaire, Rule, Step
from compliance.assessments.registry import answer_checks
from compliance.assessments.ruled import changes_in_force, with_changes
from compliance.assessments.rules import Outcome, by_question, contradictions, outcomes, shown
from compliance.assessments.values import Said, is_complete


@dataclass(frozen=True)
class Clash:
    """Something that does not fit; explained when one of its questions has a comment."""

    questions: tuple[str, ...]
    say: str
    explained: bool


def _as_ruled(assessment: Assessment) -> Questionnaire:
    """The edition of the assessment with the rules as its organisation has them. One query."""
    asked = assessment.questions
    return with_changes(asked, changes_in_force(assessment.project.organisation, asked.edition))


class Sheet:
    """The answers of an assessment on a day."""

    def __init__(
        self,
        assessment: Assessment,
        on: date,
        answers: Iterable[Answer] | None = None,
        asked: Questionnaire | None = None,
    ) -> None:
        self.assessment = assessment
        self.asked: Questionnaire = asked or _as_ruled(assessment)
        self.on = on
        rows = assessment.answers.select_related("answered_by", "task") if answers is None else answers
        self.answers = {row.question: row for row in rows if row.question in self.asked.questions}
        self.said: dict[str, Said] = {key: row.as_said() for key, row in self.answers.items()}

    @cached_property
    def shown(self) -> list[str]:
        """The questions that are asked now."""
        return shown(self.asked, self.said, self.on)

    @cached_property
    def rules(self) -> dict[str, list[Rule]]:
        """What the answers switched on, by question."""
        return by_question(self.asked, self.said, self.on)

    @cached_property
    def outcomes(self) -> list[Outcome]:
        return outcomes(self.asked, self.said, self.on)

    def is_done(self, key: str) -> bool:
        """Answered, and confirmed where the answer was carried over."""
        row, question = self.answers.get(key), self.asked.questions[key]
        if row is None:
            return question.optional
        return row.confirmed and is_complete(question, self.said[key])

    @property
    def total(self) -> int:
        return len(self.shown)

    @cached_property
    def done(self) -> int:
        return sum(self.is_done(key) for key in self.shown)

    @property
    def missing(self) -> list[Question]:
        """What still has to be answered or confirmed."""
        return [self.asked.questions[key] for key in self.shown if not self.is_done(key)]

    @property
    def unknown(self) -> list[Question]:
        return [self.asked.questions[key] for key in self.shown if key in self.said and self.said[key].unknown]

    def of_step(self, key: str) -> list[Question]:
        """The questions of a page that are asked."""
        return [one for one in self.asked.of_step(key) if one.id in self.shown]

    def progress(self) -> list[tuple[Step, int, int]]:
        """Each page with how many of its questions are done, and how many there are."""
        pages = [(step, self.of_step(step.key)) for step in self.asked.steps]
        return [(step, sum(self.is_done(one.id) for one in asked), len(asked)) for step, asked in pages]

    @property
    def next_step(self) -> Step:
        """Where to go on: the first page that is not done, else the last."""
        return next((step for step, done, total in self.progress() if done < total), self.asked.steps[-1])

    @property
    def minutes_left(self) -> int:
        """About how long the rest takes."""
        left = self.total - self.done
        return -(-left * self.asked.minutes // max(self.total, 1))

    def clashes(self) -> list[Clash]:
        """What contradicts itself, or what a room knows otherwise."""
        found = [(one.questions, one.say) for one in contradictions(self.asked, self.said, self.on)]
        values = {key: dict(said.value) for key, said in self.said.items() if key in self.shown}
        for check in answer_checks:
            found += [((one.question,), one.say) for one in check(self.assessment.project, values)]
        return [Clash(keys, say, any(self._commented(key) for key in keys)) for keys, say in found]

    def _commented(self, key: str) -> bool:
        return key in self.said and bool(self.said[key].comment.strip())

    def remarks(self) -> dict[str, list[Remark]]:
        """What reviewers said, by question."""
        found: dict[str, list[Remark]] = {}
        for one in self.assessment.remarks.select_related("author"):
            found.setdefault(one.question, []).append(one)
        return found

    def facts(self) -> dict[str, Any]:
        """What is submitted, and an approval covers."""
        return {
            "reference": self.assessment.reference,
            "project": self.assessment.stream,
            "release": self.assessment.release.reference if self.assessment.release else "",
            "edition": self.assessment.edition,
            "answers": {
                key: {
                    "answer": dict(said.value),
                    "unknown": said.unknown,
                    "comment": said.comment,
                    "evidence": self.answers[key].evidence_url,
                }
                for key, said in sorted(self.said.items())
                if key in self.shown
            },
        }
