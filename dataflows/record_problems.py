"""What keeps a record of processing, or an assessment of interests, from being approved: pure questions.

The review, the pages and the preflight of a pack ask the same ones; records come complete, as for `letters`.
"""

from collections.abc import Iterable, Iterator

from dataflows.models import ActivityPurpose, InterestAssessment, ProcessingActivity
from dataflows.problems import BASIS, Problem

INTERESTS = "legitimate_interests"


def record_problems(record: ProcessingActivity) -> list[Problem]:
    """What a record lacks that no pack may be issued with; a processor answers to the basis of its controller."""
    if record.state == ProcessingActivity.State.RETIRED or not record.is_controller:
        return []
    rows = record.purpose_rows
    if not rows:
        return [Problem(BASIS, "no legal basis", "It names no legal basis.", "GDPR Art. 6(1)")]
    return [*_bases(rows), *_conditions(record, rows)]


def _bases(rows: Iterable[ActivityPurpose]) -> Iterator[Problem]:
    for row in rows:
        about = f"“{row.text}”" if row.text else "It"
        if not row.legal_basis:
            said = f"{about} names no legal basis."
            yield Problem(BASIS, "no legal basis", said, "GDPR Art. 6(1)")
        elif row.legal_basis == INTERESTS and not (row.balancing and row.balancing.is_relied_on):
            yield Problem(BASIS, "no balancing", f"{about} {_unbalanced(row)}", "GDPR Art. 6(1)(f)")


def _unbalanced(row: ActivityPurpose) -> str:
    if row.balancing is None:
        return "rests on legitimate interests without an assessment of them."
    if not row.balancing.is_approved:
        return f"rests on {row.balancing.reference}, which is not approved."
    return f"rests on {row.balancing.reference}, which says not to rely on the interest."


def _conditions(record: ProcessingActivity, rows: Iterable[ActivityPurpose]) -> Iterator[Problem]:
    if record.is_special and not any(row.article9_condition for row in rows):
        names = ", ".join(link.item.name for link in record.data_rows if link.item.is_special)
        said = f"It covers special categories ({names}) without a condition."
        yield Problem(BASIS, "no condition", said, "GDPR Art. 9(2)")
    if record.is_criminal and not any(row.article10_law for row in rows):
        said = "It covers data on offences without a law that allows it."
        yield Problem(BASIS, "no law", said, "GDPR Art. 10")


def unfounded(assessment: InterestAssessment) -> str:
    """Why an assessment of interests cannot be approved, in words; empty when it can."""
    open_tests = [label.lower() for label, text, verdict, _ in assessment.tests if not text.strip() or verdict == ""]
    if not assessment.interest.strip():
        return "It does not say which interest it is about."
    if open_tests:
        return f"It still needs the {' and the '.join(open_tests)}, each with a result."
    if not assessment.outcome:
        return "It has no outcome."
    if not assessment.dpo_view.strip():
        return "The data protection officer has not said what they think of it."
    return _contradicted(assessment)


def _contradicted(assessment: InterestAssessment) -> str:
    failed = [
        label.lower() for label, _, verdict, _ in assessment.tests if verdict == InterestAssessment.Verdict.FAILED
    ]
    if failed and assessment.outcome in InterestAssessment.RELY:
        return f"It relies on the interest, but did not pass the {' and the '.join(failed)}."
    if assessment.outcome == InterestAssessment.Outcome.SAFEGUARDS and not assessment.safeguards.strip():
        return "It relies on safeguards and names none."
    return ""
