"""The internal audit of the demonstration with its findings, a management review, and an auditor at the desk."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import Q

from controls.models import Audit, AuditSeat, Requirement
from controls.services.audit import decide_programme, move_audit, plan_audit, plan_programme, submit_programme
from controls.services.corrective_action import (
    analyse_cause,
    approve_action,
    finish_action,
    plan_action,
    start_action,
    verify_action,
)
from controls.services.desk import ask_at_desk, desk_finding, draw_at_desk, freeze_scope, write_note
from controls.services.finding import answer_finding, close_finding, raise_finding, send_finding
from controls.services.management_review import (
    add_decision,
    collect_inputs,
    decide_minutes,
    explain_inputs,
    hold_review,
    schedule_review,
    settle_decision,
    submit_minutes,
)
from controls.services.seat import seat_auditor
from risks.demo.stage import Stage, script

SCRIPT = script("audits")
PLAN = SCRIPT["audit"]


def set_scenes(stage: Stage) -> None:
    """Programme, audit, findings and their correction, review, and the certification audit that is under way."""
    stage.on(-150, partial(_programme, stage), 10)
    _set_review(stage)
    stage.on(-60, partial(_plan, stage, "audit"), 10)
    stage.on(-59, partial(_approve, stage), 10)
    stage.on(-45, partial(_staff, stage, "audit"), 10)
    _set_fieldwork(stage)
    for facts in SCRIPT["findings"]:
        _set_finding(stage, facts)
    for day, to, words in ((-36, "draft_report", "conclusion"), (-35, "response", ""), (-28, "final", "")):
        text = {words: PLAN[words]} if words else {}
        stage.on(day, partial(_move, stage, "audit", to, "Falk", **text), 17)
    reported = partial(
        _move, stage, "audit", "closed", "Ilves", reported_date=stage.date(-20), distribution="Management"
    )
    stage.on(-13, reported, 17)
    stage.on(-5, partial(_plan, stage, "certification"), 9)
    stage.on(-4, partial(_staff, stage, "certification"), 9)
    stage.on(-2, partial(_begin, stage, "certification"), 9)
    stage.on(-1, partial(_certify, stage), 10)


def _programme(stage: Stage) -> None:
    ilves = stage.person("Ilves")
    words = SCRIPT["programme"]
    start, end = stage.date(-150), stage.date(945)
    made = plan_programme(
        organisation=stage.organisation, owner=ilves, by=ilves, start_date=start, end_date=end, **words
    )
    stage.keep("AUP", made)


def _approve(stage: Stage) -> None:
    programme = stage.get("AUP")
    submit_programme(programme=programme, by=stage.person("Ilves"))
    why = "The processes with the highest risks come first"
    decide_programme(programme=programme, approve=True, by=stage.person("Neumann"), reason=why)


def _plan(stage: Stage, key: str) -> None:
    facts = SCRIPT[key]
    chosen = Q()
    for edition, refs in facts["criteria"].items():
        for ref in refs.split():
            chosen |= Q(edition__key=edition, ref=ref) | Q(edition__key=edition, ref__startswith=f"{ref}.")
    first, last = facts["days"]
    made = plan_audit(
        scope=stage.organisation,
        by=stage.person("Ilves"),
        criteria=Requirement.objects.live().assessable().filter(chosen),
        title=facts["title"],
        kind=facts["kind"],
        objectives=facts["objectives"],
        start_date=stage.date(first),
        end_date=stage.date(last),
        programme=stage.get("AUP") if key == "audit" else None,
    )
    stage.keep(key, made)


def _staff(stage: Stage, key: str) -> None:
    facts = SCRIPT[key]
    first, last = facts["desk"]
    seat_auditor(
        audit=stage.get(key),
        user=stage.person(facts["lead"]),
        since=stage.moment(first, 0),
        until=stage.moment(last, 18) if last > 0 else stage.moment(last, 18) + timedelta(days=1),
        role="lead",
        by=stage.person("Ilves"),
        reason="Appointed with the audit plan",
    )


def _begin(stage: Stage, key: str) -> None:
    audit, ilves = stage.get(key), stage.person("Ilves")
    freeze_scope(audit=audit, by=ilves)
    move_audit(audit=audit, to="notified", by=ilves)
    move_audit(audit=audit, to="fieldwork", by=ilves)


def _set_fieldwork(stage: Stage) -> None:
    stage.on(-41, partial(_begin, stage, "audit"), 9)
    for hour, facts in enumerate(SCRIPT["samples"], 9):
        stage.on(-39, partial(_draw, stage, facts), hour)
    for hour, (about, text) in enumerate(SCRIPT["notes"], 13):
        stage.on(-39, partial(_note, stage, about, text), hour)


def _seat(stage: Stage, key: str) -> AuditSeat:
    return AuditSeat.objects.select_related("audit", "user").get(audit=stage.get(key), role="lead")


def _draw(stage: Stage, facts: dict[str, Any]) -> None:
    items = [facts["item"].format(number) for number in range(facts["from"], facts["from"] + facts["count"])]
    how = {"draw": "random_seeded", "size": facts["size"], "seed": facts["seed"]}
    draw_at_desk(seat=_seat(stage, "audit"), items=items, source=facts["source"], about=facts["about"], **how)


def _note(stage: Stage, about: str, text: str) -> None:
    write_note(seat=_seat(stage, "audit"), about=about, text=text)


def _set_finding(stage: Stage, facts: dict[str, Any]) -> None:
    stage.on(facts["day"], partial(_find, stage, facts), 15)
    if "answer" in facts:
        stage.on(facts["day"] + 5, partial(_answer, stage, facts), 11)
    if "closed" in facts:
        stage.on(facts["closed"]["day"], partial(_close, stage, facts), 11)
    if "action" in facts:
        _set_action(stage, facts["key"], facts["owner"], facts["action"])


def _find(stage: Stage, facts: dict[str, Any]) -> None:
    names = ("grade", "title", "statement", "evidence_seen")
    words: dict[str, Any] = {name: facts[name] for name in names}
    words |= {"owner": stage.person(facts["owner"]), "response_due": stage.date(facts["day"] + 14)}
    edition, _, ref = facts.get("requirement", "").partition(" ")
    words["requirement"] = Requirement.objects.filter(edition__key=edition, ref=ref).first()
    if facts.get("source"):
        ilves = stage.person("Ilves")
        made = raise_finding(scope=stage.organisation, by=ilves, source=facts["source"], **words)
        stage.keep(facts["key"], send_finding(finding=made, by=ilves))
        return
    stage.keep(facts["key"], desk_finding(seat=_seat(stage, "audit"), issue=True, **words))


def _answer(stage: Stage, facts: dict[str, Any]) -> None:
    by = stage.person(facts["owner"])
    answer_finding(finding=stage.get(facts["key"]), agree=True, response=facts["answer"], by=by)


def _close(stage: Stage, facts: dict[str, Any]) -> None:
    close_finding(finding=stage.get(facts["key"]), by=stage.person("Ilves"), reason=facts["closed"]["reason"])


def _set_action(stage: Stage, key: str, owner: str, facts: dict[str, Any]) -> None:
    stage.on(facts["day"], partial(_act, stage, key, owner, facts), 13)
    steps: tuple[tuple[str, Callable[..., Any]], ...] = (("done", _done), ("verified", _verify))
    for name, step in steps:
        if name in facts:
            stage.on(facts[name], partial(step, stage, key, owner, facts), 14)


def _act(stage: Stage, key: str, owner: str, facts: dict[str, Any]) -> None:
    by, verifier = stage.person(owner), stage.person(facts["verifier"])
    due = stage.date(facts["due"])
    words = {"title": facts["title"], "containment": facts["containment"]}
    made = plan_action(finding=stage.get(key), owner=by, due_date=due, verifier=verifier, by=by, **words)
    cause = {name: facts[name] for name in ("method", "root_cause", "extent_check")}
    analyse_cause(action=made, by=by, **cause)
    approver = stage.person("Neumann" if owner == "Ilves" else "Ilves")
    approve_action(action=made, by=approver, reason="Cause and extent are plausible")
    start_action(action=made, by=by)
    stage.keep(f"CA {key}", made)


def _done(stage: Stage, key: str, owner: str, facts: dict[str, Any]) -> None:
    result, after = facts["result"], stage.date(facts["judged"])
    finish_action(action=stage.get(f"CA {key}"), result=result, verify_after=after, by=stage.person(owner))


def _verify(stage: Stage, key: str, owner: str, facts: dict[str, Any]) -> None:
    by = stage.person(facts["verifier"])
    verify_action(action=stage.get(f"CA {key}"), effective=True, by=by, reason=facts["effect"])


def _move(stage: Stage, key: str, to: str, by: str, **words: Any) -> None:
    audit: Audit = stage.get(key)
    move_audit(audit=audit, to=to, by=stage.person(by), reason="As planned", **words)


def _set_review(stage: Stage) -> None:
    stage.on(-145, partial(_schedule, stage, "MR1", "First half-year", -130), 11)
    stage.on(-131, partial(_prepare, stage), 11)
    stage.on(-130, partial(_hold, stage), 11)
    stage.on(-128, partial(_minutes, stage), 11)
    for number, facts in enumerate(SCRIPT["decisions"]):
        if "done" in facts:
            stage.on(facts["done"], partial(_settle, stage, number, facts), 11)
    stage.on(-30, partial(_schedule, stage, "MR2", "Second half-year", 20), 11)


def _schedule(stage: Stage, key: str, title: str, day: int) -> None:
    made = schedule_review(
        organisation=stage.organisation,
        title=title,
        planned_date=stage.date(day),
        chair=stage.person("Neumann"),
        by=stage.person("Ilves"),
    )
    stage.keep(key, made)


def _prepare(stage: Stage) -> None:
    review = collect_inputs(review=stage.get("MR1"), by=stage.person("Ilves"))
    words = {one["key"]: SCRIPT["inputs"].get(one["clause"], SCRIPT["inputs"]["else"]) for one in review.inputs}
    explain_inputs(review=review, words=words, by=stage.person("Ilves"))


def _hold(stage: Stage) -> None:
    words = {"attendees": SCRIPT["attendees"], "minutes": SCRIPT["minutes"]}
    review = hold_review(review=stage.get("MR1"), held_date=stage.date(-130), by=stage.person("Ilves"), **words)
    for number, facts in enumerate(SCRIPT["decisions"]):
        owner, due = stage.person(facts["owner"]), stage.date(facts["due"])
        made = add_decision(review=review, text=facts["text"], owner=owner, due_date=due, by=stage.person("Ilves"))
        stage.keep(f"MD {number}", made)


def _minutes(stage: Stage) -> None:
    submit_minutes(review=stage.get("MR1"), by=stage.person("Ilves"))
    why = "They say what was said and decided"
    decide_minutes(review=stage.get("MR1"), approve=True, by=stage.person("Neumann"), reason=why)


def _settle(stage: Stage, number: int, facts: dict[str, Any]) -> None:
    by = stage.person(facts["owner"])
    settle_decision(decision=stage.get(f"MD {number}"), done=True, result=facts["result"], by=by)


def _certify(stage: Stage) -> None:
    seat = _seat(stage, "certification")
    write_note(seat=seat, about="Opening", text="Opening meeting by video; scope and criteria confirmed.")
    ask_at_desk(
        seat=seat,
        title="Access review of the last quarter",
        instruction="The list of accounts with the decision on each, and who decided.",
        assignee=stage.person("Ilves"),
        due_date=stage.date(3),
    )
