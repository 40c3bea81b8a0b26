"""Our own controls, what they answer, the statements of applicability, and the evidence for it all."""

import io
from typing import Any

from compliance.accounts.models import User
from controls.models import Applicability, Edition, Evidence, Requirement
from controls.services.applicability import adopt_edition, decide_many
from controls.services.control import add_control, answer_requirements, implement_control
from controls.services.deviation import decide_deviation, request_deviation
from controls.services.evidence import Facts, Links, Upload, submit_evidence
from controls.services.review import accept_evidence, begin_review, reject_evidence
from controls.services.statement import decide_statement, submit_statement
from risks.demo.builds import evidence_file
from risks.demo.stage import Stage, script

ISO27001, ISO27701, MASVS, GDPR = "iso27001-2022", "iso27701-2025", "masvs-2", "gdpr"
THEMES = (
    ("A.5", "LR BR", "Asked for by law and contracts; good practice of the trade."),
    ("A.6", "LR BR", "Duties of employers; good practice of the trade."),
    ("A.7", "BR", "Leased offices and remote work."),
    ("A.8", "BR", "Good practice of the trade; contracts of customers ask for it."),
)
ADOPTED = {
    ISO27001: "Certificate planned",
    ISO27701: "Certificate planned",
    MASVS: "What both apps are tested by",
    GDPR: "Both apps are offered in the EEA",
}
TREATING = ("RA BR", "Treats risks of the register; good practice of the trade.")
SCRIPT = script("controls")


def set_scenes(stage: Stage) -> None:
    """Adopt the standards, put controls to work, decide the rows, approve, collect evidence, approve again."""
    stage.on(-335, lambda: _adopt(stage))
    for number, control in enumerate(SCRIPT["controls"]):
        stage.on(-330 + number, lambda control=control: _introduce(stage, control), 10)
    stage.on(-303, lambda: _decide(stage))
    for day, note in ((-300, "First statement"), (-95, "After the internal review")):
        stage.on(day, lambda note=note: _approve(stage, note), 16)
    for facts in SCRIPT["exceptions"]:
        stage.on(facts["asked"], lambda facts=facts: _except(stage, facts), 13)
    for facts in script("evidence"):
        stage.on(max(facts["day"] + 1, -308), lambda facts=facts: _collect(stage, facts), 14)


def _adopt(stage: Stage) -> None:
    by = stage.person("Ilves")
    for key, why in ADOPTED.items():
        edition = Edition.objects.get(key=key)
        statement = adopt_edition(scope=stage.organisation, edition=edition, by=by, owner=by, reason=why)
        stage.keep(key, statement)


def _introduce(stage: Stage, facts: dict[str, str]) -> None:
    by, how = stage.person("Ilves"), facts["how"]
    control = add_control(
        organisation=stage.organisation, title=facts["title"], description=how, by=by, reason="Control set"
    )
    rows = [
        Requirement.objects.get(edition__key=edition, ref=ref)
        for edition in (ISO27001, ISO27701, MASVS)
        for ref in facts.get(edition, "").split()
    ]
    answer_requirements(control=control, requirements=rows, by=by, reason="What it answers")
    implementation = implement_control(
        control=control,
        scope=stage.organisation,
        owner=stage.person(facts["owner"]),
        by=by,
        status=facts["status"],
        statement=how,
        planned_date=stage.date(40) if facts["status"] == "planned" else None,
        review_date=stage.date(60),
        frequency=facts.get("frequency", ""),
        reason="As we work",
    )
    stage.keep(f"CI {facts['key']}", implementation)


def _decide(stage: Stage) -> None:
    by = stage.person("Ilves")
    shared = Applicability.objects.in_organisation(stage.organisation).shared()
    rows = shared.filter(requirement__edition__key=ISO27001)
    for ref, why in SCRIPT["excluded"].items():
        decide_many(rows=rows.filter(requirement__ref=ref), by=by, included=False, exclusion_reason=why, reason=why)
    for theme, codes, why in THEMES:
        chosen = rows.filter(requirement__ref__startswith=f"{theme}.", included=True)
        decide_many(rows=chosen, by=by, codes=codes, justification=why, owner=by, reason="Statement prepared")
    codes, why = TREATING
    treating = rows.filter(requirement__ref__in=_treating(), included=True)
    decide_many(rows=treating, by=by, codes=codes, justification=why, owner=by, reason="Risks considered")
    for key, codes, why, owner in (
        (ISO27701, "LR", "Controller for Stridewell, processor for Korvo.", "Rehm"),
        (GDPR, "LR", "Law for both apps.", "Rehm"),
        (MASVS, "BR", "Both apps are tested by it: the second level, with privacy.", "Nair"),
    ):
        decide_many(
            rows=shared.filter(requirement__edition__key=key),
            by=by,
            codes=codes,
            justification=why,
            owner=stage.person(owner),
            reason="Statement prepared",
        )


def _except(stage: Stage, facts: dict[str, Any]) -> None:
    asked = request_deviation(
        project=stage.project(facts["project"]),
        requirement=Requirement.objects.get(edition__key=ISO27001, ref=facts["ref"]),
        compensating=facts["instead"],
        valid_until=stage.date(facts["until"]),
        by=stage.person("Haddad"),
        reason=facts["why"],
    )
    if "decided" in facts:
        decide_deviation(deviation=asked, approve=True, by=stage.person("Neumann"), reason=facts["decided"])


def _treating() -> set[str]:
    """The technological controls that open risks of the script rely on: only these are included because of a risk."""
    relied = {key for risk in script("risks")["risks"] if "closed" not in risk for key in risk.get("controls", [])}
    answers = [control.get(ISO27001, "") for control in SCRIPT["controls"] if control["key"] in relied]
    refs = {ref for text in answers for ref in text.split()}
    return {ref for ref in refs if ref.startswith("A.8.")}


def _approve(stage: Stage, note: str) -> None:
    for key in ADOPTED:
        version = submit_statement(statement=stage.get(key), by=stage.person("Ilves"), reason=note)
        decide_statement(
            version=version, approve=True, by=stage.person("Neumann"), reason="Read row by row with the officer"
        )


def _collect(stage: Stage, facts: dict[str, Any]) -> None:
    title, shows, source = facts["title"], facts["shows"], facts["source"]
    collector = stage.person("Nair" if "project" in facts else "Brandt")
    text = f"{title}\n\n{shows}.\nSource: {source}.\nAn invented record of the demonstration.\n"
    first, last = (stage.date(day) for day in facts["period"]) if "period" in facts else (None, None)
    name, data = evidence_file(facts["key"]) or (f"{title}.txt", text.encode())
    evidence = submit_evidence(
        scope=stage.project(facts["project"]) if "project" in facts else stage.organisation,
        title=title,
        shows=shows,
        kind=facts["kind"],
        nature="period" if first else "point_in_time",
        facts=Facts(
            source=source,
            method=facts["method"],
            collected_by=collector,
            observed_at=stage.moment(facts["day"], 8),
            period_start=first,
            period_end=last,
        ),
        upload=Upload(io.BytesIO(data), name),
        links=Links(implementations=[stage.get(f"CI {name}") for name in facts["controls"].split()]),
        by=collector,
        reason="Collected for the audit",
    )
    stage.keep(facts["key"], evidence)
    _judge(evidence, facts["verdict"], stage.person("Ilves"))


def _judge(evidence: Evidence, verdict: str, by: User) -> None:
    if verdict == "submitted":
        return
    version = begin_review(version=evidence.versions.get(latest=True), by=by, reason="Taken up")
    if verdict == "rejected":
        reject_evidence(version=version, by=by, code="source_not_identifiable", note="Undated; whose screen is it?")
    else:
        accept_evidence(version=version, by=by, note="Dated, complete, from the source")
