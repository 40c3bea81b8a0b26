"""What this room tells the management review: earlier decisions, nonconformities, audits, observations."""

from collections import Counter
from datetime import datetime

from compliance.projects.models import Organisation
from controls.audited.past import actions_at, audits_at, findings_at, reviews_at
from controls.models import NONCONFORMITIES, SETTLED, Grade
from controls.review_inputs import Told, review_input


@review_input("decisions", "a", order=10)
def decisions(organisation: Organisation, at: datetime) -> Told:
    """What became of the decisions of earlier reviews."""
    rows = [one for _, decisions, _ in reviews_at(organisation, at) for one in decisions]
    if not rows:
        return Told("")
    late = sum(one.is_late(at.date()) for one in rows)
    done = sum(one.state == "done" for one in rows)
    lines = [f"{one.reference} {one.text} ({one.get_state_display().lower()})" for one in rows]
    return Told(f"{done} of {len(rows)} decisions carried out, {late} overdue.", lines)


@review_input("nonconformities", "d1", order=41)
def nonconformities(organisation: Organisation, at: datetime) -> Told:
    """Nonconformities and how far their correction has come."""
    rows = [one for one in findings_at(organisation, at) if one.grade in NONCONFORMITIES]
    if not rows:
        return Told("No nonconformity is recorded.")
    left = [one for one in rows if one.state not in SETTLED]
    actions = [action for found in actions_at(organisation, at).values() for action in found]
    late = sum(action.standing(at.date()) == "overdue" for action in actions)
    facts = f"{len(rows)} nonconformities, {len(left)} open; {len(actions)} corrective actions, {late} overdue."
    return Told(facts, [f"{one.reference} {one.title} ({one.get_state_display().lower()})" for one in left])


@review_input("audits", "d3", order=43)
def audits(organisation: Organisation, at: datetime) -> Told:
    """What audits concluded."""
    rows = [one.audit for one in audits_at(organisation, at) if one.audit.state != "cancelled"]
    if not rows:
        return Told("")
    grades = Counter(one.grade for one in findings_at(organisation, at) if one.audit_id)
    said = ", ".join(f"{grades[grade]} {Grade(grade).label.lower()}" for grade in Grade.values if grades[grade])
    lines = [f"{one.reference} {one.title} ({one.get_state_display().lower()})" for one in rows]
    return Told(f"{len(rows)} audits; findings: {said or 'none'}.", lines)


@review_input("improvements", "g", order=70)
def improvements(organisation: Organisation, at: datetime) -> Told:
    """Opportunities and observations that are open."""
    kinds = {Grade.OFI, Grade.OBSERVATION}
    rows = [one for one in findings_at(organisation, at) if one.grade in kinds and one.state not in SETTLED]
    if not rows:
        return Told("")
    return Told(f"{len(rows)} observations and opportunities are open.", [f"{r.reference} {r.title}" for r in rows])
