"""Incidents, breaches and impact assessments of the demonstration, the escalation matrix and an exercise."""

from datetime import datetime
from functools import partial
from typing import Any

from compliance.registers.declaration import register_types
from compliance.registers.linkable import linkables
from compliance.registers.services.row import Said, add_row
from risks.demo.stage import Stage, script
from risks.models import Breach, ImpactAssessment, RegulatoryClock, Risk
from risks.screening import QUESTIONS
from risks.services.breach import decide_risk, move_breach, open_breach, update_breach
from risks.services.clock import submit
from risks.services.dpia import (
    add_condition,
    answer_screening,
    ask_opinion,
    begin,
    decide_assessment,
    give_opinion,
    mark_review,
    require,
    screen,
    spare,
    write,
)
from risks.services.incident import add_entry, link_case, move_incident, report_incident, update_incident
from risks.services.notification import inform_people, notify_authority, spare_people

SCRIPT = script("cases")


def set_scenes(stage: Stage) -> None:
    """Whom to call, an exercise, INC-01 with two breaches, the push outage, and two impact assessments."""
    stage.on(-180, partial(_readiness, stage), 9)
    stage.on(-30, partial(_test_contacts, stage), 10)
    stage.on(-132, partial(_screen, stage), 9)
    stage.on(-120, partial(_write, stage), 9)
    stage.on(-119, partial(_advise, stage), 15)
    stage.on(-118, partial(_decide, stage), 11)
    stage.on(-56, partial(_report, stage), 10, 20)
    stage.on(-56, partial(_open, stage), 14, 40)
    stage.on(-56, partial(_tell_controller, stage), 19, 35)
    stage.on(-55, partial(_contain, stage), 18, 40)
    stage.on(-54, partial(_notify, stage, False), 16, 25)
    stage.on(-53, partial(_tell_people, stage), 10)
    stage.on(-44, partial(_notify, stage, True), 11)
    stage.on(-20, partial(_close, stage), 16)
    stage.on(-18, partial(_ask_for_review, stage), 12)
    stage.on(-33, partial(_outage, stage), 12)
    stage.on(-60, partial(_loyalty, stage), 10)


def _readiness(stage: Stage) -> None:
    brandt = stage.person("Brandt")
    steps, exercises = register_types["escalation"], register_types["exercises"]
    for facts in SCRIPT["escalation"]:
        values = dict(facts)
        main = values.pop("main")
        values |= {"person": stage.person(facts["person"]), "deputy": stage.person(facts["deputy"])}
        row = add_row(register=steps, scope=stage.organisation, said=Said(main, values, owner=brandt), by=brandt)
        if facts["severity"] == "sev2":
            stage.keep(f"ES {facts['order']}", row)
    values = {**SCRIPT["exercise"]["values"], "held": stage.date(-180)}
    said = Said(SCRIPT["exercise"]["main"], values, owner=brandt)
    add_row(register=exercises, scope=stage.organisation, said=said, by=brandt)


def _test_contacts(stage: Stage) -> None:
    brandt = stage.person("Brandt")
    for order in (1, 2, 3):
        tried = {"tried": stage.date(-30), "reached": "yes" if order < 3 else "no", "minutes": 9 * order}
        said = Said("Called without notice on a Sunday", tried, owner=brandt, parent=stage.get(f"ES {order}"))
        add_row(register=register_types["contact-tests"], scope=stage.organisation, said=said, by=brandt)


def _report(stage: Stage) -> None:
    nair = stage.person("Nair")
    incident = report_incident(
        scope=stage.project("K"),
        by=nair,
        detected_at=stage.moment(-56, 9, 40),
        occurred_from=stage.moment(-62, 8),
        lead=stage.person("Brandt"),
        deputy=nair,
        **SCRIPT["incident"],
    )
    stage.keep("INC", incident)
    known = stage.things.get("1.9.0")
    target = linkables["release"].find(stage.project("K"), known.reference) if known else None
    if target:
        link_case(case=incident, kind=linkables["release"], target=target, by=nair)
    move_incident(incident=incident, to="responding", by=nair, reason="A token in a report is real.")
    _lines(stage, -56, 10)


def _lines(stage: Stage, day: int, *hours: int) -> None:
    for at, hour, minute, kind, text in SCRIPT["timeline"]:
        if at == day and hour in hours:
            when = stage.moment(at, hour, minute)
            add_entry(incident=stage.get("INC"), happened_at=when, kind=kind, text=text, by=stage.person("Nair"))


def _open(stage: Stage) -> None:
    wrona, aware = stage.person("Wrona"), stage.moment(-56, 14, 10)
    update_incident(incident=stage.get("INC"), by=wrona, aware_at=aware)
    facts = SCRIPT["breach"]
    said = {"aware_at": aware, "aware_reason": facts["aware_reason"], "confidentiality": True}
    said |= {"occurred_from": stage.moment(-62, 8), "by": wrona}
    for role, key in (("controller", "BR"), ("processor", "BR P")):
        title = facts["title"] if role == "controller" else "The same data, processed for Meridian Crest"
        breach = open_breach(incident=stage.get("INC"), title=title, role=role, **said)
        move_breach(breach=breach, to="assessing", by=wrona, reason="Reports are being counted")
        move_breach(breach=breach, to="confirmed", by=wrona, reason="Confirmed in 1,842 reports")
        stage.keep(key, breach)
    _lines(stage, -56, 14)


def _clock(stage: Stage, key: str, name: str) -> RegulatoryClock:
    return RegulatoryClock.objects.select_related("breach", "organisation").get(breach=stage.get(key), stage=name)


def _tell_controller(stage: Stage) -> None:
    note = "By phone and mail; the contract asks for 24 hours."
    submit(clock=_clock(stage, "BR P", "gdpr-33-2"), at=stage.moment(-56, 19, 30), by=stage.person("Rehm"), note=note)
    _lines(stage, -56, 19)


def _contain(stage: Stage) -> None:
    wrona, rehm = stage.person("Wrona"), stage.person("Rehm")
    _lines(stage, -55, 18)
    incident = stage.get("INC")
    update_incident(incident=incident, by=wrona, occurred_to=stage.moment(-55, 18, 30))
    move_incident(incident=incident, to="contained", by=wrona, reason="1.9.1 is out and the reports are gone.")
    for key in ("BR", "BR P"):
        facts = {**SCRIPT["breach"]["facts"], "occurred_to": stage.moment(-55, 18, 30)}
        enisa: dict[str, Any] = {"enisa_dpc": 3, "enisa_ei": 75, "enisa_confidentiality": 25}
        breach = update_breach(breach=stage.get(key), by=wrona, **facts, **enisa)
        decide_risk(breach=breach, risk="risk", by=rehm, reason=SCRIPT["breach"]["risk"])
        move_breach(breach=breach, to="contained", by=wrona, reason="Purged, confirmed by the processor")


def _notify(stage: Stage, complete: bool) -> None:
    at = stage.moment(-44, 10, 30) if complete else stage.moment(-54, 16, 20)
    number = "DSB-2217/2" if complete else "DSB-2217"
    said: dict[str, Any] = {"authority_name": SCRIPT["authority"], "submission": number, "by": stage.person("Rehm")}
    notify_authority(breach=stage.get("BR"), complete=complete, at=at, **said)


def _tell_people(stage: Stage) -> None:
    """Not owed, and done all the same."""
    rehm, breach = stage.person("Rehm"), stage.get("BR")
    spare_people(breach=breach, by=rehm, reason="The risk is not high; a message in the app is sent of our own accord.")
    told: datetime = stage.moment(-53, 9, 30)
    words = {"channel": "message in the app", "count": 1842, "message": SCRIPT["breach"]["message"]}
    inform_people(breach=breach, at=told, by=rehm, reason="Of our own accord", **words)


def _close(stage: Stage) -> None:
    wrona, rehm, incident = stage.person("Wrona"), stage.person("Rehm"), stage.get("INC")
    move_incident(incident=incident, to="lessons", by=wrona, reason="What let it happen was looked at.")
    update_incident(
        incident=incident,
        by=wrona,
        root_causes=["process_gap", "human_error"],
        cause=SCRIPT["breach"]["facts"]["cause"],
        lessons=SCRIPT["breach"]["facts"]["lessons"],
    )
    for key in ("BR", "BR P"):
        breach: Breach = stage.get(key)
        move_breach(breach=breach, to="lessons", by=wrona, reason="Lessons drawn with the incident")
        move_breach(breach=breach, to="closed", by=rehm, reason="Corrective actions are done and their effect was seen")
    move_incident(incident=incident, to="closed", by=stage.person("Ilves"), reason="Lint rule and gate check work.")


def _outage(stage: Stage) -> None:
    nair, rehm, facts = stage.person("Nair"), stage.person("Rehm"), SCRIPT["outage"]
    words = {name: facts[name] for name in ("title", "severity", "source", "summary")}
    incident = report_incident(scope=stage.project("S"), by=nair, detected_at=stage.moment(-33, 11), **words)
    breach = open_breach(
        incident=incident,
        title="Push messages late",
        role="controller",
        aware_at=stage.moment(-33, 11, 10),
        aware_reason="Looked into as a possible loss of availability.",
        by=nair,
        availability=True,
    )
    move_breach(breach=breach, to="assessing", by=nair, reason="Looked into")
    move_breach(breach=breach, to="not_a_breach", by=rehm, reason=facts["breach"])
    move_incident(incident=incident, to="responding", by=nair, reason="Push is down.")
    move_incident(incident=incident, to="contained", by=nair, reason="The provider is back after 42 minutes.")


def _answers(hits: dict[str, str]) -> dict[str, dict[str, Any]]:
    return {key: {"hit": key in hits, "why": hits.get(key, "")} for key in QUESTIONS}


def _screen(stage: Stage) -> None:
    facts, haddad = SCRIPT["assessments"]["coaching"], stage.person("Haddad")
    made = screen(scope=stage.project("S"), title=facts["title"], activities=[stage.get("coaching")], by=haddad)
    answer_screening(assessment=made, answers=_answers(facts["hits"]), by=haddad)
    stage.keep("DPIA", require(assessment=made, by=haddad, reason=facts["why"]))


def _write(stage: Stage) -> None:
    facts, haddad = SCRIPT["assessments"]["coaching"], stage.person("Haddad")
    made: ImpactAssessment = begin(assessment=stage.get("DPIA"), by=haddad)
    write(assessment=made, by=haddad, **facts["parts"])
    risks = Risk.objects.in_project(stage.project("S")).filter(privacy_severity__isnull=False)
    for risk in risks.order_by("reference"):
        target = linkables["risk"].find(stage.project("S"), risk.reference)
        if target:
            link_case(case=made, kind=linkables["risk"], target=target, by=haddad)
    ask_opinion(assessment=made, by=haddad)


def _advise(stage: Stage) -> None:
    words = SCRIPT["assessments"]["coaching"]["opinion"]
    opinion = "approve_with_conditions"
    give_opinion(assessment=stage.get("DPIA"), opinion=opinion, by=stage.person("Rehm"), reason=words)


def _decide(stage: Stage) -> None:
    facts, neumann = SCRIPT["assessments"]["coaching"], stage.person("Neumann")
    made = decide_assessment(
        assessment=stage.get("DPIA"), decision="approved_with_conditions", by=neumann, reason=facts["decision"]
    )
    for title in facts["conditions"]:
        due = stage.date(-90)
        add_condition(assessment=made, title=title, assignee=stage.person("Haddad"), due_date=due, by=neumann)


def _ask_for_review(stage: Stage) -> None:
    why = "Release 4.2.0 brings new ways of the data: look at the description and the risks again."
    mark_review(assessment=stage.get("DPIA"), by=stage.person("Ilves"), reason=why)


def _loyalty(stage: Stage) -> None:
    facts, wrona = SCRIPT["assessments"]["loyalty"], stage.person("Wrona")
    made = screen(scope=stage.project("K"), title=facts["title"], activities=[], by=wrona)
    answer_screening(assessment=made, answers=_answers(facts["hits"]), by=wrona)
    spare(assessment=made, by=stage.person("Rehm"), reason=facts["why"])
