"""Reviewing many risks in one sitting, for one reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed
from risks.models import Risk
from risks.services.positions import assess_risk
from risks.services.register import review_risk

MOST = 50


@dataclass(frozen=True)
class Answer:
    """What was found of one risk: unchanged, or (with a rationale) where it stands now."""

    risk: Risk
    likelihood: int | None = None
    consequence: int | None = None
    rationale: str = ""

    @property
    def is_unchanged(self) -> bool:
        return self.likelihood is None


@governed("Say once what this sitting looked at")
def review_risks(*, answers: Sequence[Answer], by: User, reason: str) -> list[str]:
    """Record the answers of a sitting in one change: all or none. Gives the references."""
    if not answers:
        raise Refused("Nothing was answered yet: mark at least one risk as unchanged, or score it anew.")
    if len(answers) > MOST:
        raise Refused(f"A sitting takes {MOST} risks at most.")
    with change(by=by, reason=reason):
        for answer in answers:
            _record(answer, by, reason)
    return [answer.risk.reference for answer in answers]


def _record(answer: Answer, by: User, reason: str) -> None:
    risk = answer.risk
    if not answer.is_unchanged:
        assess_risk(
            risk=risk,
            kind="current",
            likelihood=int(answer.likelihood or 0),
            consequence=answer.consequence,
            rationale=answer.rationale,
            by=by,
            reason=reason,
        )
    review_risk(risk=risk, by=by, reason=reason)
