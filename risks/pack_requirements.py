"""What packs print of security requirements: from answer or threat to what each build was shown to do."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from compliance.approvals.models import Approval
from compliance.ledger import as_of
from compliance.packs.registry import Citation, Period, section
from compliance.projects.models import Organisation, Project, Release
from risks.models.requirement import RequirementResult, RequirementState, ResultVerdict, SecurityRequirement
from risks.past import streams_of
from risks.requirement_reading import WORDS
from risks.services.baseline import PURPOSE, days_late

Scope = Organisation | Project
CLAUSE = "ISO/IEC 27001 A.8.26"
PRIVATE = dict.fromkeys(("note", "criterion"), "details of weaknesses")


@section("requirements", "Security requirements", 108, "risks/pack/requirements.html", wide=True, private=PRIVATE)
def requirements(scope: Scope, at: datetime, period: Period, subject: str = "") -> Mapping[str, Any]:
    """What the app has to do, why, and what its test said: of a release pack for the build of that release."""
    streams = streams_of(scope)
    found = as_of(SecurityRequirement, at, stream=streams).order_by("reference")
    rows = found.instances("release", "owner", "approved_by", "waived_by", "threat", "project")
    results = as_of(RequirementResult, at, stream=streams).order_by("-tested_date", "-reference")
    tried = results.instances("release", "tester", "control_test", "evidence")
    releases = as_of(Release, at, stream=streams).order_by("-planned_date", "-reference").instances()
    about = next((one for one in releases if one.reference == subject), None)
    rows = [row for row in rows if _holds(row, about)]
    if about is not None:
        tried = [one for one in tried if about.build_sha256 and one.build_sha256 == about.build_sha256]
    lines = [_line(row, [one for one in tried if one.requirement_id == row.pk], at.date()) for row in rows]
    approvals = as_of(Approval, at, stream=streams).filter(purpose=PURPOSE).order_by("requested_at")
    asked = approvals.instances("requested_by", "decided_by")
    wanted = [about] if about else releases
    baselines = [_baseline(one, asked) for one in wanted if any(row.subject_id == one.pk for row in asked)]
    return {
        "rows": lines,
        "baselines": baselines,
        "release": about.name if about else "",
        "build": about.build_sha256 if about else "",
        "open": [line["reference"] for line in lines if line["priority"] == "Must" and line["word"] in OPEN],
        "registers": {"security-requirements.csv": lines} if lines else {},
        "citations": [Citation(CLAUSE, line["reference"], line["statement"]) for line in lines],
    }


OPEN = {"missing", "failed"}


def _holds(row: SecurityRequirement, release: Release | None) -> bool:
    """Whether a release has to meet it; of a whole app, whatever was not dropped."""
    if row.state == RequirementState.DROPPED:
        return False
    if release is None or row.release is None or row.release.pk == release.pk:
        return True
    first, this = row.release.planned_date, release.planned_date
    return first is None or this is None or first <= this


def _line(row: SecurityRequirement, tried: Sequence[RequirementResult], on: date) -> dict[str, Any]:
    newest = tried[0] if tried else None
    shown = newest.verdict if newest else ""
    if row.state == RequirementState.DRAFT:
        shown = "draft"
    elif row.is_waived(on) and shown != ResultVerdict.PASSED:
        shown = "waived"
    word, label = WORDS[shown]
    return {
        "reference": row.reference,
        "statement": row.statement,
        "criterion": row.criterion,
        "priority": row.get_priority_display(),
        "source": row.get_source_display(),
        "cites": row.cites,
        "masvs": row.masvs,
        "because": row.because,
        "threat": row.threat.reference if row.threat else "",
        "state": row.state,
        "approved_by": row.approved_by.name if row.approved_by else "",
        "approved_at": row.approved_at,
        "since": row.release.name if row.release else "",
        "word": word,
        "shown": label,
        "waived_until": row.waived_until if shown == "waived" else None,
        "waived_by": row.waived_by.name if row.waived_by and shown == "waived" else "",
        "reason": row.reason if shown == "waived" else "",
        "result": newest.reference if newest else "",
        "means": newest.get_means_display() if newest else "",
        "by": newest.tester.name if newest else "",
        "tested": newest.tested_date if newest else None,
        "tested_release": newest.release.name if newest else "",
        "note": newest.note if newest else "",
        "exhibit": _exhibit(newest),
    }


def _exhibit(result: RequirementResult | None) -> str:
    if result is None:
        return ""
    shown = result.control_test or result.evidence
    return str(shown.reference) if shown else ""


def _baseline(release: Release, approvals: Sequence[Approval]) -> dict[str, Any]:
    """The last request about a release's requirements, and what became of it."""
    last = [row for row in approvals if row.subject_id == release.pk and row.state != Approval.State.REVOKED]
    one = last[-1] if last else [row for row in approvals if row.subject_id == release.pk][-1]
    granted = one.state == Approval.State.APPROVED
    return {
        "reference": one.reference,
        "release": release.name,
        "state": one.state,
        "asked_by": one.requested_by.name,
        "asked_at": one.requested_at,
        "decided_by": one.decided_by.name if one.decided_by else "",
        "decided_at": one.decided_at,
        "reason": one.reason,
        "sha256": one.snapshot_sha256,
        "development": release.development_date,
        "late": days_late(release, one.decided_at) if granted else 0,
    }
