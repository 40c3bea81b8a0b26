"""The checklist of a contract row by row, and what the answers come to."""

from collections.abc import Iterable
from dataclasses import dataclass

from dataflows import clauses
from dataflows.clauses import Clause
from dataflows.models import ContractCheck

Answer = ContractCheck.Answer


@dataclass(frozen=True)
class Line:
    """A row of the checklist with its answer, if it has one."""

    clause: Clause
    check: ContractCheck | None

    @property
    def word(self) -> str:
        return str(self.check.get_answer_display()) if self.check else "Open"

    @property
    def tone(self) -> str:
        if self.check is None or self.check.answer == Answer.NO:
            return "bad" if self.clause.must else "warn"
        return "warn" if self.check.answer == Answer.PARTLY or self.check.is_weak else "ok"

    @property
    def concrete(self) -> str:
        """The column "concrete?" in words; bare repetition of the article is called that."""
        if self.check is None or self.check.answer not in (Answer.YES, Answer.PARTLY):
            return ""
        return {True: "Yes", False: "Repeats the article", None: "Not said"}[self.check.concrete]


@dataclass(frozen=True)
class Score:
    """How many rows are settled (yes or not applicable), of how many, and what is left."""

    rows: int
    settled: int
    partly: int
    no: int
    open: int
    weak: int

    @property
    def text(self) -> str:
        parts = [f"{self.settled} of {self.rows}"]
        for number, word in ((self.partly, "partly"), (self.no, "no"), (self.open, "open")):
            parts += [f"{number} {word}"] * bool(number)
        return ", ".join(parts) + (
            f"; {self.weak} only repeat{'s' * (self.weak == 1)} the article" if self.weak else ""
        )


def lines(checks: Iterable[ContractCheck]) -> list[Line]:
    """Every row of the checklist in its order."""
    known = {one.row: one for one in checks}
    return [Line(clause, known.get(code)) for code, clause in clauses.checklist().items()]


def score(checks: Iterable[ContractCheck]) -> Score:
    """What the answers of one party come to."""
    found = lines(checks)
    answers = [line.check.answer if line.check else "" for line in found]
    return Score(
        rows=len(found),
        settled=answers.count(Answer.YES) + answers.count(Answer.NA),
        partly=answers.count(Answer.PARTLY),
        no=answers.count(Answer.NO),
        open=answers.count(""),
        weak=sum(1 for line in found if line.check and line.check.is_weak),
    )
