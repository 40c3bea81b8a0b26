"""What the risk register tells the management review (ISO/IEC 27001 9.3.2 f)."""

from datetime import datetime

from compliance.projects.models import Organisation
from controls.review_inputs import Told, review_input
from risks.past import method_at, risks_at
from risks.reading import summarise, words_of


@review_input("risks", "f", order=60)
def risks(organisation: Organisation, at: datetime) -> Told:
    """How many risks there are at which level, and which need somebody."""
    rows = risks_at(organisation, at)
    if not rows:
        return Told("")
    summary = summarise(rows, method_at(organisation, at), at.date())
    lines = [
        f"{risk.reference} {risk.title}: acceptance {' and '.join(sorted(words))}"
        for risk in rows
        if not risk.is_closed and (words := words_of(risk, at.date()) & {"outdated", "expired", "expiring"})
    ]
    count = summary.figures
    unsafe = count["outdated"] + count["expired"]
    facts = f"{count['open']} open risks: {count['appetite']} above the threshold, {count['review']} to be reviewed"
    return Told(f"{facts}, {count['actions']} with overdue actions, {unsafe} on an acceptance no longer valid.", lines)
