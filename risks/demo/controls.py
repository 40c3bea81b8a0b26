"""Our own controls, what they answer, the statements of applicability, and the evidence for it all."""

import io
from typing import Any

from controls.models import Applicability, Edition, Requirement, Statement
from controls.services.applicability import adopt_edition, decide_many
from controls.services.control import add_control, answer_requirements, implement_control
from controls.services.evidence import Facts, Links, Upload, submit_evidence
from controls.services.review import accept_evidence, begin_review, reject_evidence
from controls.services.statement import decide_statement, submit_statement
from risks.demo.stage import Stage

ISO27001, ISO27701, MASVS = "iso27001-2022", "iso27701-2025", "masvs-2"
# key, title, how it is done, owner, Annex A of 27001, A.x of 27701, MASVS
CONTROLS: list[tuple[str, str, str, str, str, str, str]] = [
    ("policy", "Policies and roles", "Policy set v5, reviewed each January; roles in the role matrix.", "Ilves", "A.5.1 A.5.2 A.5.3 A.5.4 A.5.36 A.5.37", "A.3.3 A.3.4 A.3.16", ""),
    ("access", "Access by role with second factor", "Single sign-on with hardware keys; quarterly review of every account.", "Brandt", "A.5.15 A.5.16 A.5.17 A.5.18 A.8.2 A.8.3 A.8.5", "A.3.8 A.3.9 A.3.23", ""),
    ("auth", "Authentication in the apps", "Device-bound keys, step-up for payments, limits on attempts.", "Nair", "A.8.5 A.8.26", "A.3.23", "MASVS-AUTH-1 MASVS-AUTH-2 MASVS-AUTH-3"),
    ("crypto", "Cryptography and keys", "TLS 1.3, pinned in the wallet; keys in a key service, rotated each year.", "Nair", "A.8.24 A.8.20 A.8.21", "A.3.26", "MASVS-CRYPTO-1 MASVS-CRYPTO-2 MASVS-NETWORK-1 MASVS-NETWORK-2"),
    ("storage", "Storage on the device", "Encrypted database, no backup of sensitive data, masked app switcher.", "Nair", "A.8.12 A.8.10", "A.1.4.7", "MASVS-STORAGE-1 MASVS-STORAGE-2 MASVS-PLATFORM-3"),
    ("hardening", "Hardened builds and supported systems", "Integrity checks, oldest supported versions by policy.", "Nair", "A.8.1 A.8.9 A.8.19", "A.3.22", "MASVS-CODE-1 MASVS-CODE-2 MASVS-RESILIENCE-1 MASVS-RESILIENCE-2"),
    ("sdlc", "Secure development and release", "Gates per release, reviews by a second person, tests bound to the build.", "Haddad", "A.5.8 A.8.4 A.8.25 A.8.26 A.8.27 A.8.28 A.8.29 A.8.31 A.8.32", "A.3.27 A.3.28 A.3.29", "MASVS-CODE-3 MASVS-CODE-4"),
    ("vulnerabilities", "Vulnerabilities and updates", "Components listed for each build; fixed within 7, 30 or 90 days.", "Nair", "A.8.8 A.8.7", "", "MASVS-CODE-3"),
    ("logging", "Logs without content", "Allow-listed fields, 90 days, reviewed weekly.", "Nair", "A.8.15 A.8.17", "A.3.25", ""),
    ("monitoring", "Monitoring and detection", "Alerts on stuffing, mass export and new devices, called out day and night.", "Nair", "A.8.16 A.5.7", "", ""),
    ("incident", "Incidents and breaches", "Escalation matrix, exercise each half-year, 72-hour clock.", "Ilves", "A.5.24 A.5.25 A.5.26 A.5.27 A.5.28 A.6.8", "A.3.11 A.3.12", ""),
    ("suppliers", "Suppliers and processors", "Due diligence, Art. 28(3) checklist, yearly review by tier.", "Ilves", "A.5.19 A.5.20 A.5.21 A.5.22 A.5.23", "A.1.2.7 A.3.10 A.2.5.7 A.2.5.8", ""),
    ("backup", "Backup and continuity", "Hourly backups to a second region; restore tested twice a year.", "Brandt", "A.8.13 A.8.14 A.5.29 A.5.30", "A.3.24", ""),
    ("people", "People from first to last day", "Screening, confidentiality, yearly training, leaver checklist.", "Ilves", "A.6.1 A.6.2 A.6.3 A.6.4 A.6.5 A.6.6 A.6.7", "A.3.17 A.3.18", ""),
    ("assets", "Assets and classification", "Register with owners; four classes; labels in the document system.", "Ilves", "A.5.9 A.5.10 A.5.11 A.5.12 A.5.13", "A.3.5 A.3.6", ""),
    ("privacy", "Privacy by design", "Purposes, minimisation and retention reviewed before each major release.", "Rehm", "A.5.34 A.8.11", "A.1.2.2 A.1.2.3 A.1.2.6 A.1.2.9 A.1.4.2 A.1.4.3 A.1.4.5 A.1.4.8", "MASVS-PRIVACY-1 MASVS-PRIVACY-2 MASVS-PRIVACY-3"),
    ("rights", "Rights of data subjects", "A desk with a register, one month, second person before sending.", "Rehm", "", "A.1.3.2 A.1.3.5 A.1.3.6 A.1.3.7 A.1.3.9 A.1.3.10", "MASVS-PRIVACY-4"),
    ("offices", "Offices", "Leased floors with access control; the landlord runs power and cabling.", "Brandt", "A.7.1 A.7.2 A.7.3 A.7.4 A.7.6 A.7.7 A.7.8", "A.3.19", ""),
    ("law", "Law and contracts", "Register of obligations, reviewed each quarter.", "Ilves", "A.5.31 A.5.32 A.5.33", "A.3.13 A.3.14", ""),
]  # fmt: skip
IN_PROGRESS = {"rights", "vulnerabilities"}
PLANNED = {"law": 40}
EXCLUDED = {
    "A.7.11": "No processing facilities of our own; power and water of the leased offices are the landlord's (contract 2023-07).",
    "A.7.12": "Cabling belongs to the leased offices; no risk within the scope depends on it.",
}
# reference, title, what it shows, kind, method, source, observed on day, period start/end, project, controls, verdict
EVIDENCE: list[tuple[Any, ...]] = [
    ("EV-001", "Access policy v5", "Who may have access to what, approved by the management", "policy", "export_by_hand", "Document system", -320, None, "", "policy access", "accepted"),
    ("EV-002", "Access review Q1", "64 of 64 accounts reviewed", "system_report", "export_by_hand", "Identity provider, production", -275, (-365, -276), "", "access", "accepted"),
    ("EV-003", "Access review Q2", "64 of 64 accounts reviewed", "system_report", "export_by_hand", "Identity provider, production", -185, (-275, -186), "", "access", "accepted"),
    ("EV-004", "Access review Q3", "62 of 64 accounts reviewed; two admin accounts followed later", "system_report", "export_by_hand", "Identity provider, production", -95, (-185, -96), "", "access", "accepted"),
    ("EV-005", "Training completion", "61 of 64 people completed the yearly training", "training_record", "export_by_hand", "Learning platform", -70, (-365, -71), "", "people", "accepted"),
    ("EV-006", "Key export of Korvo", "Every key, its age and its rotation", "config_export", "automated", "Key service, production", -40, None, "K", "crypto", "accepted"),
    ("EV-007", "TLS scan of 14 endpoints", "Protocols and certificates of every endpoint", "scan_report", "automated", "Scanner, production", -12, None, "", "crypto", "accepted"),
    ("EV-008", "Penetration test of Korvo 1.9", "Two high findings, fixed and tested again", "test_result", "export_by_hand", "Independent test house, report 1.1", -45, None, "K", "sdlc auth", "accepted"),
    ("EV-009", "Penetration test of Stridewell", "Last year's test, older than a year", "test_result", "export_by_hand", "Independent test house", -398, None, "S", "sdlc", "accepted"),
    ("EV-010", "Static scan of 4.2.0 for Android", "Findings of the scan, bound to the build", "scan_report", "automated", "Build pipeline", -8, None, "S", "sdlc storage", "accepted"),
    ("EV-011", "Component list of 4.2.0", "Every component of the build", "artefact_import", "automated", "Build pipeline", -8, None, "S", "vulnerabilities", "accepted"),
    ("EV-012", "Merged manifest of 4.2.0", "Permissions of the build, the advertising ID among them", "artefact_import", "automated", "Build pipeline", -8, None, "S", "privacy", "accepted"),
    ("EV-013", "Privacy manifests of 4.2.0", "What the app and nine components declare", "artefact_import", "automated", "Build pipeline", -8, None, "S", "privacy", "accepted"),
    ("EV-014", "Data safety form", "What the store says about the app", "config_export", "export_by_hand", "Store console", -30, None, "S", "privacy", "accepted"),
    ("EV-015", "Privacy labels", "What the other store says about the app", "config_export", "export_by_hand", "Store console", -30, None, "S", "privacy", "accepted"),
    ("EV-016", "Second factor, a picture", "The setting as somebody saw it", "screenshot", "screenshot", "A screen", -58, None, "", "access", "rejected"),
    ("EV-017", "Second factor, export", "Second factor required for 64 of 64 accounts", "config_export", "automated", "Identity provider, production", -55, None, "", "access", "accepted"),
    ("EV-018", "Restore test", "Restored in 3 h 10 min of 4 h allowed", "test_result", "observation", "Backup system, second region", -66, None, "", "backup", "accepted"),
    ("EV-019", "Code review sample", "25 of 312 merged changes, one without a second person", "code_review", "export_by_hand", "Source repository", -38, (-180, -39), "", "sdlc", "accepted"),
    ("EV-020", "Exercise: stolen tokens", "Who was called when; five gaps", "meeting_minutes", "observation", "Exercise of the incident team", -85, None, "", "incident", "accepted"),
    ("EV-021", "Attestation of the payment provider", "PCI DSS attestation, ends soon", "certificate", "export_by_hand", "Tessera Pay BV", -340, None, "K", "suppliers", "accepted"),
    ("EV-022", "Escalation matrix", "Names, deputies and time limits", "procedure", "export_by_hand", "Document system", -15, None, "", "incident", "submitted"),
]  # fmt: skip


def set_scenes(stage: Stage) -> None:
    """Adopt the standards, put controls to work, decide the rows, approve, collect evidence, approve again."""
    stage.on(-335, lambda: _adopt(stage))
    for number, control in enumerate(CONTROLS):
        stage.on(-330 + number, lambda control=control: _introduce(stage, control), 10)
    for day, note in ((-300, "First statement"), (-95, "After the internal review")):
        stage.on(day, lambda note=note: _approve(stage, note), 16)
    stage.on(-303, lambda: _decide(stage), 9)
    for facts in EVIDENCE:
        stage.on(max(facts[6] + 1, -330), lambda facts=facts: _collect(stage, facts), 14)


def _edition(key: str) -> Edition:
    return Edition.objects.get(key=key)


def _adopt(stage: Stage) -> None:
    for key, role in ((ISO27001, ""), (ISO27701, "")):
        statement = adopt_edition(
            scope=stage.organisation, edition=_edition(key), by=stage.person("Ilves"), owner=stage.person("Ilves"),
            pii_role=role, reason="Certificate planned",
        )  # fmt: skip
        stage.keep(key, statement)


def _introduce(stage: Stage, facts: tuple[str, str, str, str, str, str, str]) -> None:
    key, title, how, owner, annex_a, pims, masvs = facts
    by = stage.person("Ilves")
    control = add_control(organisation=stage.organisation, title=title, description=how, by=by, reason="Control set")
    wanted = [(ISO27001, ref) for ref in annex_a.split()] + [(ISO27701, ref) for ref in pims.split()]
    wanted += [(MASVS, ref) for ref in masvs.split()]
    rows = [Requirement.objects.get(edition__key=edition, ref=ref) for edition, ref in wanted]
    answer_requirements(control=control, requirements=rows, by=by, reason="What it answers")
    planned = stage.date(PLANNED[key]) if key in PLANNED else None
    status = "planned" if key in PLANNED else "in_progress" if key in IN_PROGRESS else "implemented"
    implementation = implement_control(
        control=control, scope=stage.organisation, owner=stage.person(owner), by=by, status=status, statement=how,
        planned_date=planned, review_date=stage.date(60), reason="In place" if status == "implemented" else "Begun",
    )  # fmt: skip
    stage.keep(f"CI {key}", implementation)


def _decide(stage: Stage) -> None:
    by = stage.person("Ilves")
    statement = stage.get(ISO27001)
    rows = (
        Applicability.objects.in_organisation(stage.organisation)
        .shared()
        .filter(requirement__edition=statement.edition)
    )
    for ref, why in EXCLUDED.items():
        decide_many(rows=rows.filter(requirement__ref=ref), by=by, included=False, exclusion_reason=why, reason=why)
    for theme, codes, why in (
        ("A.5", "LR BR", "Asked for by law and contracts; good practice of the trade."),
        ("A.6", "LR BR", "Duties of employers; good practice of the trade."),
        ("A.7", "BR", "Leased offices and remote work."),
        ("A.8", "RA BR", "Treats risks of the register; good practice of the trade."),
    ):
        chosen = rows.filter(requirement__ref__startswith=f"{theme}.", included=True)
        decide_many(rows=chosen, by=by, codes=codes, justification=why, owner=by, reason="Statement prepared")
    pims = Applicability.objects.in_organisation(stage.organisation).shared().filter(requirement__edition__key=ISO27701)
    decide_many(
        rows=pims, by=by, codes="LR", justification="Controller for Stridewell, processor for Korvo.", owner=stage.person("Rehm"),
        reason="Statement prepared",
    )  # fmt: skip


def _approve(stage: Stage, note: str) -> None:
    for key in (ISO27001, ISO27701):
        version = submit_statement(
            statement=Statement.objects.get(pk=stage.things[key].pk), by=stage.person("Ilves"), reason=note
        )
        decide_statement(
            version=version, approve=True, by=stage.person("Neumann"), reason="Read row by row with the officer"
        )


def _collect(stage: Stage, facts: tuple[Any, ...]) -> None:
    key, title, shows, kind, method, source, observed, period, project, controls, verdict = facts
    collector = stage.person("Nair" if project else "Brandt")
    text = f"{title}\n\n{shows}.\nSource: {source}.\nAn invented record of the demonstration.\n"
    nature = "period" if period else "point_in_time"
    evidence = submit_evidence(
        scope=stage.project(project) if project else stage.organisation, title=title, shows=shows, kind=kind,
        facts=Facts(
            source=source, method=method, collected_by=collector, observed_at=stage.moment(observed, 8),
            period_start=stage.date(period[0]) if period else None, period_end=stage.date(period[1]) if period else None,
        ),
        upload=Upload(io.BytesIO(text.encode()), f"{title}.txt"), by=collector,
        links=Links(implementations=[stage.get(f"CI {name}") for name in controls.split()]), nature=nature,
        reason="Collected for the audit",
    )  # fmt: skip
    stage.keep(key, evidence)
    if verdict == "submitted":
        return
    reviewer = stage.person("Ilves")
    version = begin_review(version=evidence.versions.get(latest=True), by=reviewer, reason="Taken up")
    if verdict == "rejected":
        reject_evidence(
            version=version, by=reviewer, code="source_not_identifiable", note="Undated; whose screen is it?"
        )
    else:
        accept_evidence(version=version, by=reviewer, note="Dated, complete, from the source")
