"""What packs print of assessments: the answers in force, who gave, reviewed and approved them, and what followed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from compliance.assessments.models import Answer, Assessment, Proposal, ProposalState, State
from compliance.assessments.questionnaire import Questionnaire
from compliance.assessments.rules import relevant
from compliance.assessments.values import told, told_rows
from compliance.ledger import as_of
from compliance.packs.about import About, release_about
from compliance.packs.pack_sections import projects_at
from compliance.packs.registry import Citation, Period, section
from compliance.projects.models import Organisation, Project

Scope = Organisation | Project
CLAUSES = ("ISO/IEC 27001 8.2", "GDPR Art. 25")


@section("assessment", "Assessment of the app", 100, "assessments/pack/assessment.html", wide=True)
def assessment(scope: Scope, at: datetime, period: Period, subject: str = "") -> Mapping[str, Any]:
    """The assessment in force of each project at a moment, and every proposal with the decision on it."""
    about = release_about(scope, at, subject)
    rows = [_project(project, at) for project in projects_at(scope, at)]
    found = [row for row in rows if row is not None]
    return {
        "rows": [_for_release(row, about) for row in found] if about else found,
        "release": about.release.name if about else "",
        "many": len(found) > 1,
        "registers": {
            "answers.csv": [_plain(row, line) for row in found for _, lines in row["pages"] for line in lines],
            "proposals.csv": [_plain(row, line) for row in found for _, lines in row["groups"] for line in lines],
        },
        "citations": [
            Citation(clause, row["reference"], f"Assessment, version {row['version']}")
            for row in found
            for clause in CLAUSES
        ],
    }


def _for_release(row: dict[str, Any], about: About) -> dict[str, Any]:
    """The answers given anew, and what was decided, since the release before."""
    pages = [(title, [one for one in lines if _is_new(one, about)]) for title, lines in row["pages"]]
    groups = [(kind, [one for one in lines if about.holds(one["decided_at"])]) for kind, lines in row["groups"]]
    return {
        **row,
        "pages": [page for page in pages if page[1]],
        "groups": [group for group in groups if group[1]],
        "answered": sum(len(lines) for _, lines in row["pages"]),
        "proposed": sum(len(lines) for _, lines in row["groups"]),
    }


def _is_new(line: dict[str, Any], about: About) -> bool:
    return not line["carried_over"] and about.holds(line["at"])


def _plain(row: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
    kept = {key: cell for key, cell in line.items() if key not in {"table", "because"}}
    return {
        "assessment": row["reference"],
        **kept,
        **({"because": " ".join(line["because"])} if "because" in line else {}),
    }


def _project(project: Project, at: datetime) -> dict[str, Any] | None:
    names = ("release", "approval", "reviewed_by", "started_by")
    held = as_of(Assessment, at, stream=project.stream).order_by("-reference").instances(*names)
    row = next((one for one in held if one.state == State.APPROVED), None)
    opened = next((one for one in held if one.state not in {State.APPROVED, State.SUPERSEDED, State.EXPIRED}), None)
    if row is None:
        return None
    answers = as_of(Answer, at, stream=project.stream).filter(assessment_id=row.pk).instances("answered_by")
    proposals = as_of(Proposal, at, stream=project.stream).order_by("reference").instances("decided_by")
    decided = [one for one in proposals if one.state != ProposalState.WITHDRAWN]
    approval = row.approval
    return {
        "reference": row.reference,
        "version": row.version,
        "project": project.name,
        "about": row.release.name if row.release else "",
        "edition": row.edition,
        "submitted_by": str(approval.requested_by) if approval else "",
        "submitted_at": approval.requested_at if approval else None,
        "reviewed_by": str(row.reviewed_by) if row.reviewed_by else "",
        "approved_by": str(approval.decided_by) if approval and approval.decided_by else "",
        "approved_at": approval.decided_at if approval else None,
        "reason": approval.reason if approval else "",
        "sha256": approval.snapshot_sha256 if approval else "",
        "valid_until": row.valid_until,
        "over": row.standing(at.date()) == State.EXPIRED,
        "opened": opened.reference if opened else "",
        "pages": _pages(row.questions, list(answers), at),
        "groups": _groups(decided),
        "waiting": sum(one.state == ProposalState.PROPOSED for one in decided),
    }


def _pages(asked: Questionnaire, answers: list[Answer], at: datetime) -> list[tuple[str, list[dict[str, Any]]]]:
    """The answers that count, by the pages of the questions."""
    by_key = {row.question: row for row in answers}
    counted = relevant(asked, {key: row.as_said() for key, row in by_key.items() if key in asked.questions}, at.date())
    pages = []
    for step in asked.steps:
        keys = [one.id for one in asked.of_step(step.key) if one.id in counted]
        if lines := [_answer(asked, by_key[key]) for key in keys]:
            pages.append((step.title, lines))
    return pages


def _answer(asked: Questionnaire, row: Answer) -> dict[str, Any]:
    question = asked.questions[row.question]
    table = next((told_rows(part, row.value.get(part.key)) for part in question.parts if part.type == "table"), [])
    simple = {key: cell for key, cell in row.value.items() if not table or not isinstance(cell, list) or _words(cell)}
    return {
        "question": row.question,
        "text": question.text,
        "answer": "Nobody knows yet"
        if row.unknown
        else told(question, simple if table else row.value) or "Nothing said",
        "table": [" · ".join(cells) for cells in table],
        "comment": row.comment,
        "evidence": row.evidence_url,
        "by": str(row.answered_by),
        "at": row.answered_at,
        "carried_over": row.carried_over,
    }


def _words(cells: list[Any]) -> bool:
    return not any(isinstance(one, dict) for one in cells)


def _groups(rows: list[Proposal]) -> list[tuple[str, list[dict[str, Any]]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row.kind, []).append(_proposal(row))
    return [(str(kind.label), found[kind]) for kind in Proposal.Kind if kind in found]


def _proposal(row: Proposal) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "title": row.title,
        "because": row.because.splitlines(),
        "rules": row.rule,
        "state": row.state,
        "decided_by": str(row.decided_by) if row.decided_by else "",
        "decided_at": row.decided_at,
        "reason": row.reason,
        "became": row.made,
    }
