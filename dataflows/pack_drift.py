"""What packs print of drift: both sides of every finding, what was decided about it, and what nobody could tell."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from compliance.artefacts.models import Artefact, State
from compliance.ledger import as_of
from compliance.packs.pack_sections import projects_at
from compliance.packs.registry import Citation, Finding, Level, Period, check, section
from compliance.projects.models import Organisation, Project, Release
from dataflows.drift import known_rules
from dataflows.drift.known import needs
from dataflows.models import Drift, DriftState
from dataflows.models.drift import ACCEPTED, RANKS

Scope = Organisation | Project
Rows = list[dict[str, Any]]
PARTS = {
    "open": "Open",
    "accepted": "Accepted until a day",
    "false_positive": "False alarms",
    "resolved": "Resolved",
}
CLAUSE = "ISO/IEC 27001 A.8.29"
MEND = "Mend one side, or have it decided."


@section("drift", "App and papers", 112, "dataflows/pack/drift.html", types=("project_app", "release"), wide=True)
def drift(scope: Scope, at: datetime, period: Period, subject: str = "") -> Mapping[str, Any]:
    """Where an app did what its papers did not say: of a release file the release it is about, else of all in use."""
    streams = [project.stream for project in projects_at(scope, at)]
    found = as_of(Release, at, stream=streams)
    if subject.startswith(f"{Release.reference_prefix}-"):
        found = found.filter(reference=subject)
    releases = {one.pk: one for one in found.order_by("-planned_date", "-reference").instances()}
    rows = as_of(Drift, at, stream=streams).filter(release_id__in=list(releases)).order_by("reference")
    told = [_row(one, releases[one.release_id], at) for one in rows.instances("decided_by")]
    kinds = _kinds(streams, releases, at)
    return {
        "releases": [_release(one, told, kinds.get(one.pk, set())) for one in releases.values() if kinds.get(one.pk)],
        "compared": bool(kinds),
        "registers": {"drift.csv": told},
        "citations": [Citation(CLAUSE, row["reference"], row["title"]) for row in told],
    }


def _row(one: Drift, release: Release, at: datetime) -> dict[str, Any]:
    now = one.standing(at.date())
    return {
        "reference": one.reference,
        "rule": one.rule,
        "title": one.title,
        "severity": one.severity,
        "release": release.name,
        "platforms": one.platforms,
        "app_does": one.app_does,
        "papers_say": one.papers_say,
        "where": "; ".join(one.where[:10]),
        "part": "accepted" if now in ACCEPTED else now,
        "state": DriftState(now).label,
        "until": one.until,
        "ended": one.is_over(at.date()),
        "reason": one.reason,
        "decided_by": str(one.decided_by or ""),
        "decided_at": one.decided_at,
        "found_at": one.found_at,
        "resolved_at": one.resolved_at,
        "blocks": one.blocks,
    }


def _kinds(streams: list[str], releases: Mapping[Any, Release], at: datetime) -> dict[Any, set[str]]:
    """The kinds of files that spoke for each release."""
    rows = as_of(Artefact, at, stream=streams).filter(state=State.READ, release_id__in=list(releases))
    found: dict[Any, set[str]] = {}
    for one in rows.instances():
        found.setdefault(one.release_id, set()).add(one.kind)
    return found


def _release(release: Release, told: Rows, kinds: set[str]) -> dict[str, Any]:
    own = sorted((row for row in told if row["release"] == release.name), key=lambda row: RANKS[row["severity"]])
    parts = [{"label": label, "rows": [row for row in own if row["part"] == key]} for key, label in PARTS.items()]
    return {
        "reference": release.reference,
        "version": release.name,
        "parts": [part for part in parts if part["rows"]],
        "open": sum(row["part"] == "open" for row in own),
        "unjudged": [
            f"{known_rules()[rule].title} ({rule})" for rule, asked in needs().items() if _silent(asked, kinds)
        ],
    }


def _silent(asked: Mapping[str, list[str]], kinds: set[str]) -> bool:
    """Whether none of the files a rule judges by was in hand, on any platform."""
    formats = {one for platform in ("android", "ios") for one in asked.get(platform, ())}
    return bool(formats) and not formats & kinds


@check("PF20", level=Level.WARN, part="drift")
def app_and_papers(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """No release that is planned or out does what its papers do not say, undecided."""
    streams = [project.stream for project in projects_at(scope, at)]
    releases = {one.pk: one for one in as_of(Release, at, stream=streams).exclude(state="withdrawn").instances()}
    rows = as_of(Drift, at, stream=streams).filter(release_id__in=list(releases)).order_by("reference")
    found = []
    for one in rows.instances("project"):
        if one.is_untriaged(at.date()) and one.severity != "low":
            text = f"{one.reference} {releases[one.release_id].name}: {one.app_does} {one.papers_say}"
            found.append(
                Finding("PF20", Level.WARN, text, one.get_absolute_url(), "Mend one side, or decide about it.")
            )
    return found
