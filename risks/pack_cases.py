"""What packs print of incidents, breaches and impact assessments."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from compliance.packs.registry import Citation, Document, Period, section
from compliance.periods import in_words
from compliance.projects.models import Organisation, Project
from dataflows.past import past_organisation
from risks.forms.dpia import PARTS
from risks.models import DPIA_IN_FORCE, ImpactAssessment, RegulatoryClock, Risk
from risks.notification_file import notification_file
from risks.past_cases import PastAssessment, PastBreach, PastIncident, assessments_at, breaches_at, incidents_at
from risks.screening import ARTICLES, QUESTIONS

Scope = Organisation | Project


@section("dpia", "Impact assessments", 140, "risks/pack/dpia.html")
def dpia(scope: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """Every screening and assessment with opinion, decision and review (GDPR Art. 35)."""
    rows = [_assessment(one, at) for one in assessments_at(scope, at)]
    plain = [{key: value for key, value in row.items() if not isinstance(value, list)} for row in rows]
    said = f"{len(rows)} screenings and assessments"
    documents = [Document("GDPR Art. 35", said, "")] if rows else []
    return {"rows": rows, "registers": {"impact-assessments.csv": plain}, "documents": documents}


@section("dpia_files", "Assessments in full", 141, "risks/pack/dpia_files.html", types=("dpia",))
def dpia_files(scope: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """The text of each assessment in the order of the EDPB's template."""
    return {"rows": [_full(one) for one in assessments_at(scope, at) if one.assessment.snapshot]}


@section("incidents", "Incidents and breaches", 170, "risks/pack/incidents.html", private={"timelines": "timelines"})
def incidents(scope: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """Incidents, the register of breaches (GDPR Art. 33(5)), and the clocks of both."""
    found, broken = incidents_at(scope, at), breaches_at(scope, at)
    rows, breaches = [_incident(one) for one in found], [_breach(one) for one in broken]
    clocks = [_clock(clock, one.incident.reference, at) for one in found for clock in one.clocks]
    clocks += [_clock(clock, one.breach.reference, at) for one in broken for clock in one.clocks]
    causes: dict[str, int] = {}
    for one in found:
        for cause in one.incident.causes:
            causes[cause] = causes.get(cause, 0) + 1
    return {
        "rows": rows,
        "breaches": breaches,
        "clocks": clocks,
        "causes": sorted(causes.items(), key=lambda pair: (-pair[1], pair[0])),
        "timelines": [_timeline(one) for one in found],
        "registers": {"incidents.csv": rows, "breaches.csv": breaches, "clocks.csv": clocks},
        "citations": [Citation("GDPR Art. 33(5)", row["reference"], row["title"]) for row in breaches],
        "documents": [Document("ISO/IEC 27001 A.5.26", f"{len(rows)} incidents, {len(breaches)} breaches", "")]
        if rows
        else [],
    }


@section("notifications", "Notification files", 171, "risks/pack/notifications.html", types=("incident_breach",))
def notifications(scope: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """Each breach in the order of the EDPB's template for notifications."""
    organisation = past_organisation(scope, at)
    files = []
    for one in breaches_at(scope, at):
        parts = notification_file(one.breach, organisation, one.clocks)
        shown = [{"heading": heading, "facts": [list(fact) for fact in facts]} for heading, facts in parts]
        files.append({"reference": one.breach.reference, "title": one.breach.title, "parts": shown})
    return {"files": files}


def _incident(one: PastIncident) -> dict[str, Any]:
    row = one.incident
    return {
        "reference": row.reference,
        "title": row.title,
        "severity": row.severity_word,
        "state": row.state,
        "noticed": row.detected_at,
        "contained": row.contained_at,
        "lead": str(row.lead or ""),
        "causes": ", ".join(row.causes),
        "lessons": row.lessons,
        "links": ", ".join(one.links),
    }


def _timeline(one: PastIncident) -> dict[str, Any]:
    amended = {entry.amends_id for entry in one.entries}
    lines = [
        {
            "at": entry.happened_at,
            "kind": entry.get_kind_display(),
            "text": entry.text,
            "author": str(entry.author),
            "amended": entry.pk in amended,
        }
        for entry in one.entries
    ]
    return {"reference": one.incident.reference, "title": one.incident.title, "lines": lines}


def _breach(one: PastBreach) -> dict[str, Any]:
    row = one.breach
    first = next((clock for clock in one.clocks if clock.stage in {"gdpr-33", "gdpr-33-2"}), None)
    made = row.enisa
    return {
        "reference": row.reference,
        "incident": row.incident.reference,
        "title": row.title,
        "role": row.get_role_display(),
        "state": row.state,
        "aware": row.aware_at,
        "nature": ", ".join(row.nature),
        "subjects": row.subjects_count,
        "risk": row.get_risk_display(),
        "risk_reason": row.risk_reason,
        "authority": row.get_authority_display() if row.role == "controller" else "Controller told",
        "after": in_words(first.took) if first and first.took is not None else "",
        "delay": first.late_reason if first else "",
        "people": row.get_people_display() if row.role == "controller" else "The controller decides",
        "enisa": f"{made} ({made.level.replace('_', ' ')})" if made else "",
        "lessons": row.lessons,
    }


def _clock(clock: RegulatoryClock, reference: str, at: datetime) -> dict[str, Any]:
    return {
        "record": reference,
        "duty": clock.title,
        "recipient": clock.recipient,
        "began": clock.began_at,
        "due": clock.due_at,
        "standing": clock.standing(at),
        "ended": clock.ended_at,
        "after": in_words(clock.took) if clock.took is not None else "",
        "delay": clock.late_reason,
        "edition": clock.edition,
        "counted": clock.why,
    }


def _assessment(one: PastAssessment, at: datetime) -> dict[str, Any]:
    row = one.assessment
    late = bool(row.state in DPIA_IN_FORCE and row.review_date and row.review_date < at.date())
    return {
        "reference": row.reference,
        "title": row.title,
        "number": row.number,
        "state": row.state,
        "criteria": ", ".join(key if key.isdigit() else ARTICLES[key] for key in row.hits) or "none",
        "reason": row.screening_reason,
        "opinion": row.get_opinion_display(),
        "opinion_by": str(row.opinion_by or ""),
        "decision": row.get_decision_display(),
        "decided_by": str(row.decided_by or ""),
        "decided": row.decided_at,
        "review": row.review_date,
        "overdue": late,
    }


def _full(one: PastAssessment) -> dict[str, Any]:
    row = one.assessment
    return {
        "reference": row.reference,
        "title": row.title,
        "frozen": row.frozen_at,
        "sha256": row.snapshot_sha256,
        "questions": [
            {"question": QUESTIONS[key], "hit": "yes" if said["hit"] else "no", "why": said["why"]}
            for key, said in row.screening.items()
            if key in QUESTIONS
        ],
        "described": [
            {"reference": reference, "facts": [[label, text] for label, text in facts.items() if text]}
            for reference, facts in row.described.items()
        ],
        "parts": [{"title": title, "facts": _written(row, names)} for title, names in PARTS.values()],
        "risks": [_risk(risk) for risk in one.risks],
        "measures": ", ".join(link.target_reference for link in one.links["implementation"]),
        "opinion": row.get_opinion_display(),
        "opinion_words": row.opinion_words,
        "decision": row.get_decision_display(),
        "decision_reason": row.decision_reason,
        "deviation": row.deviation,
        "authority_answer": row.authority_answer,
    }


def _written(row: ImpactAssessment, names: tuple[str, ...]) -> list[list[str]]:
    labels = {field.name: str(getattr(field, "verbose_name", "")).capitalize() for field in row._meta.fields}
    return [[labels[name], getattr(row, name)] for name in names if getattr(row, name)]


def _risk(risk: Risk) -> dict[str, str]:
    return {
        "reference": risk.reference,
        "title": risk.title,
        "feared": risk.privacy_event_name,
        "origin": risk.get_privacy_origin_display(),
        "level": risk.privacy_level,
        "left": risk.privacy_residual_level,
    }
