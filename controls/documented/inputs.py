"""What documents and registers tell the management review (ISO/IEC 27001 9.3.2)."""

from datetime import datetime, timedelta

from compliance.projects.models import Organisation
from compliance.registers.declaration import register_types
from compliance.registers.models import RegisterRow
from compliance.registers.past import rows_at
from controls.documented.objectives import objectives_at
from controls.review_inputs import Told, review_input
from controls.services.required import required_lines

YEAR = timedelta(days=366)


@review_input("context-issues", "b", order=20)
def context_issues(organisation: Organisation, at: datetime) -> Told:
    """The issues, what became of them in a year, and whether climate change was considered."""
    rows = rows_at(register_types["context-issues"], organisation, at)
    if not rows:
        return Told("")
    climate = any(row.value("topic") == "climate" for row in rows)
    words = "climate change considered" if climate else "climate change not considered"
    return Told(f"{_changed('context-issues', rows, organisation, at)}; {words}.", _lines(rows))


@review_input("interested-parties", "c", order=30)
def interested_parties(organisation: Organisation, at: datetime) -> Told:
    """Who has a stake, and what changed in a year."""
    rows = rows_at(register_types["interested-parties"], organisation, at)
    return Told(f"{_changed('interested-parties', rows, organisation, at)}.", _lines(rows)) if rows else Told("")


@review_input("measurements", "d2", order=42)
def measurements(organisation: Organisation, at: datetime) -> Told:
    """What was measured, and what should have been."""
    found = objectives_at(organisation, at)
    stale = [one for one in found if one.is_stale(at.date())]
    if not found:
        return Told("")
    points = sum(len(one.points) for one in found)
    facts = f"{points} measurements of {len(found)} objectives; {len(stale)} not measured in time."
    return Told(facts, [f"{one.row.reference} {one.row.title}: not measured in time" for one in stale])


@review_input("objectives", "d4", order=44)
def objectives(organisation: Organisation, at: datetime) -> Told:
    """Which objectives are reached, each with its newest number."""
    found = objectives_at(organisation, at)
    if not found:
        return Told("")
    states = [one.state for one in found]
    facts = f"{states.count('reached')} of {len(found)} reached, {states.count('missed')} missed"
    lines = []
    for one in found:
        number = f"{one.latest[1].normalize():f}" if one.latest else "not measured"
        unit = f" {one.row.value('unit')}" if one.row.value("unit") and one.latest else ""
        lines.append(f"{one.row.reference} {one.row.title}: {number}{unit}, target {one.row.said('target'):f}")
    return Told(f"{facts}, {states.count('not_measured')} not measured.", lines)


@review_input("required-documents", "g", "Documents the standards ask for", order=75)
def required_documents(organisation: Organisation, at: datetime) -> Told:
    """How the required documents stand: what is missing or overdue is an opportunity to improve."""
    lines = required_lines(organisation, at)
    standings = [str(line.standing) for line in lines]
    poor = [line for line in lines if line.standing != "present_current"]
    words = f"{standings.count('present_current')} of {len(lines)} required documents current"
    said = f"{words}, {standings.count('present_overdue')} overdue, {standings.count('draft_only')} drafts only"
    told = [f"{line.clause} {line.required.title}: {line.standing.replace('_', ' ')}" for line in poor]
    return Told(f"{said}, {standings.count('missing')} missing.", told)


def _changed(key: str, rows: list[RegisterRow], organisation: Organisation, at: datetime) -> str:
    before = {row.pk: row.version for row in rows_at(register_types[key], organisation, at - YEAR)}
    new = sum(row.pk not in before for row in rows)
    changed = sum(before.get(row.pk, row.version) != row.version for row in rows)
    gone = len(before.keys() - {row.pk for row in rows})
    return f"{len(rows)} {register_types[key].several}: in a year {new} new, {changed} changed, {gone} retired"


def _lines(rows: list[RegisterRow]) -> list[str]:
    return [f"{row.reference} {row.title}" for row in rows]
