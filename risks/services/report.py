"""Bringing in what a report found: what is new is recorded, what is known is noted, the rest is suggested."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.artefacts.formats import SEVERITIES, Found
from compliance.exchange.models import Verdict
from compliance.projects.models import Release
from controls.models import EvidenceKind, Method
from controls.services.evidence import Facts, Upload, submit_evidence
from risks.models import Component, Suggestion, Vulnerability, VulnerabilityState
from risks.services.suggestion import CLAIMS, suggest, suggest_evidence
from risks.services.vulnerability import affect_releases, record_vulnerability, terms_for, update_vulnerability

Kind = Suggestion.Kind
DONE = frozenset({VulnerabilityState.FIXED, VulnerabilityState.VERIFIED})


def bring_in(sheet: Any, planned: Sequence[Any], *, by: User, reason: str) -> None:
    """Carry out what was previewed, and keep the file as evidence. `sheet` is a ReportSheet that read it."""
    fresh, parts = [], []
    terms = terms_for(sheet.project)
    for row in planned:
        name = row.given.get("mark", "")
        if row.verdict == Verdict.RETIRED:
            _drop(sheet, row.record, by)
        elif name in sheet.listed:
            parts += [sheet.listed[name]] if row.verdict == Verdict.ADDED else []
        elif row.verdict == Verdict.ADDED:
            fresh.append(_record(sheet, name, sheet.found[name], by=by, reason=reason, terms=terms))
        else:
            _note(sheet, row.record, sheet.found[name], by=by, reason=reason)
    list_components(sheet.release, parts)
    _keep(sheet, by=by, reason=reason)


def _record(sheet: Any, name: str, found: Found, *, by: User, reason: str, terms: Any) -> Vulnerability:
    part = found.component
    row = record_vulnerability(
        project=sheet.project,
        by=by,
        reason=reason,
        terms=terms,
        releases=[sheet.release] if sheet.release else [],
        title=found.title or name[:200],
        kind=found.kind,
        detail=found.detail,
        identifier=found.identifiers[0][:200] if found.identifiers else "",
        aliases=" ".join(found.identifiers[1:])[:600],
        component=part.name if part else "",
        component_version=part.version if part else "",
        purl=part.purl if part else "",
        location=found.location[:300],
        tags=" ".join(found.tags)[:300],
        severity=found.severity,
        cvss=found.cvss[:200],
        fixed_in=found.fixed_in[:120],
        fingerprint=name,
        tool=_tool(sheet),
        reported_severity=found.severity,
        claimed=_claim(found),
    )
    _suggest_claim(row, found, by)
    return row


def _note(sheet: Any, row: Vulnerability, found: Found, *, by: User, reason: str) -> None:
    """A known one: the tool's own fields follow the file; severity, state and day are people's."""
    part = found.component
    told: dict[str, Any] = {
        "location": found.location[:300],
        "fixed_in": row.fixed_in or found.fixed_in[:120],
        "component_version": part.version if part else row.component_version,
        "reported_severity": found.severity,
        "claimed": _claim(found),
    }
    before, claimed = row.reported_severity, row.claimed
    if any(getattr(row, name) != value for name, value in told.items()):
        update_vulnerability(vulnerability=row, by=by, reason=reason, **told)
    if sheet.release is not None:
        affect_releases(vulnerability=row, releases=[sheet.release], by=by)
    if row.state in DONE:
        text = f"{row.reference} is {row.get_state_display().lower()}, and {_tool(sheet)} reports it again."
        suggest(project=row.project, kind=Kind.BACK, text=text, by=by, vulnerability=row)
    worse = SEVERITIES.index(found.severity) < SEVERITIES.index(row.severity)
    if worse and found.severity != before:
        text = f"{row.reference} is {row.severity} here and reported as {found.severity}."
        suggest(project=row.project, kind=Kind.WORSE, text=text, by=by, vulnerability=row, proposes=found.severity)
    if _claim(found) != claimed:
        _suggest_claim(row, found, by)


def _claim(found: Found) -> str:
    return f"{found.said}:{found.justification}".rstrip(":")[:60] if found.said else ""


def _suggest_claim(row: Vulnerability, found: Found, by: User) -> None:
    """What a file says of the state of a vulnerability is believed by a person, or not."""
    if not found.said or CLAIMS[found.said] == row.state or found.said in {"in_triage", "exploitable"}:
        return
    because = found.remark or found.justification.replace("_", " ")
    text = f"{row.reference}: the report says {found.said.replace('_', ' ')}{f', {because}' if because else ''}."
    suggest(project=row.project, kind=Kind.CLAIM, text=text, by=by, vulnerability=row, proposes=_claim(found))


def _drop(sheet: Any, record: Any, by: User) -> None:
    if isinstance(record, Component):
        record.delete()
        return
    text = f"{record.reference} is no longer reported by {_tool(sheet)}."
    about = sheet.release.name if sheet.release else ""
    suggest(project=sheet.project, kind=Kind.GONE, text=text, by=by, vulnerability=record, proposes=about)


def list_components(release: Release, parts: Sequence[Any]) -> None:
    """Keep what a release is made of; inside the change of whoever read it. `parts` are parts of a report."""
    Component.objects.bulk_create(
        Component(
            project=release.project,
            release=release,
            name=one.name,
            component_version=one.version,
            purl=one.purl,
            key=one.key[:400],
            type=one.type,
            licence=one.licence,
            supplier=one.supplier,
        )
        for one in parts
    )


def _keep(sheet: Any, *, by: User, reason: str) -> None:
    """The file itself, as evidence, offered to the controls it may show."""
    report = sheet.report
    sheet.data.seek(0)
    about = f" of {sheet.release.name}" if sheet.release else ""
    title = f"Report of {report.tool or report.format}{about}"[:160]
    evidence = submit_evidence(
        scope=sheet.project,
        title=title,
        shows=f"{len(report.found)} findings and {len(report.components)} components as {report.tool} reported them.",
        kind=EvidenceKind.SCAN_REPORT,
        facts=Facts(
            source=(report.tool or report.format)[:100],
            method=Method.EXPORT_BY_HAND,
            collected_by=by,
            observed_at=timezone.now(),
        ),
        upload=Upload(sheet.data, f"{report.format}.json"),
        by=by,
        reason=reason,
    )
    suggest_evidence(project=sheet.project, evidence=evidence, by=by)


def _tool(sheet: Any) -> str:
    from risks.sheets.report import tool_of

    return tool_of(sheet.report)
