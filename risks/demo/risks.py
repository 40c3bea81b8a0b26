"""Twelve risks: found, scored, treated, accepted; some of it late, some of it outdated, as in life."""

from typing import Any

from risks.demo.stage import Stage, script
from risks.services import (
    accept_risk,
    approve_method,
    assess_people,
    assess_risk,
    draft_method,
    identify_risk,
    link_control,
    move_action,
    move_risk,
    plan_action,
    request_acceptance,
    review_risk,
    treat_risk,
)

SCRIPT = script("risks")
Case = dict[str, Any]


def set_scenes(stage: Stage) -> None:
    """The method first, then the risks in the order they were found."""
    stage.on(-325, lambda: _write_method(stage))
    for case in SCRIPT["risks"]:
        day, rescored = case.get("day", -240), case.get("rescored", -90)
        stage.on(day, lambda case=case: _find(stage, case), 10)
        stage.on(day + 1 if day > -100 else day + 14, lambda case=case: _treat(stage, case), 11)
        stage.on(rescored, lambda case=case: _score_again(stage, case), 13)
        for action in case.get("actions", ()):
            if action["state"] != "planned":
                stage.on(min(action["due"], -2), lambda a=(case["key"], action): _work(stage, *a), 16)
        if again := case.get("again"):
            stage.on(again["day"], lambda a=(case["key"], again): _score(stage, a[0], "current", a[1]), 10)
        if case["key"] not in SCRIPT["not_reviewed"] and rescored < -30:
            stage.on(-25, lambda case=case: _review(stage, case), 14)
    for acceptance in SCRIPT["acceptances"]:
        stage.on(acceptance["day"], lambda acceptance=acceptance: _accept(stage, acceptance), 15)


def _write_method(stage: Stage) -> None:
    method = draft_method(
        organisation=stage.organisation, by=stage.person("Ilves"), label="RM-2.1", reason="Yearly revision"
    )
    approve_method(method=method, by=stage.person("Neumann"), reason="Discussed in the management review")


def _find(stage: Stage, case: Case) -> None:
    properties = {"confidentiality": "C", "integrity": "I", "availability": "A"}
    risk = identify_risk(
        organisation=stage.organisation,
        project=None if case["scope"] == "L" else stage.project(case["scope"]),
        by=stage.person("Nair"),
        title=case["title"],
        risk_source=case["risk_source"],
        threat=case["threat"],
        approach=case.get("approach", "event"),
        owner=stage.person(case["owner"]),
        reason="Risk workshop",
        **case["sentence"],
        **{name: letter in case["properties"] for name, letter in properties.items()},
    )
    stage.keep(case["key"], risk)
    inherent = case["inherent"]
    _score(stage, case["key"], "inherent", inherent)
    _score(stage, case["key"], "current", {**inherent, "rationale": f"Before any treatment. {inherent['rationale']}"})
    if "people" in case:
        assess_people(
            risk=stage.get(case["key"]),
            by=stage.person("Rehm"),
            reason="View of the people concerned",
            **case["people"],
        )


def _score(stage: Stage, key: str, kind: str, score: dict[str, Any]) -> None:
    assess_risk(
        risk=stage.get(key),
        kind=kind,
        likelihood=score["likelihood"],
        consequence=score["consequence"],
        rationale=score["rationale"],
        by=stage.person("Nair"),
        reason="Assessment",
    )


def _treat(stage: Stage, case: Case) -> None:
    key, owner = case["key"], stage.person(case["owner"])
    move_risk(risk=stage.get(key), verb="evaluate", by=owner, reason="Compared with the criteria")
    treatment = treat_risk(
        risk=stage.get(key), option=case.get("option", "modify"), rationale=case["plan"], by=owner, reason="Decision"
    )
    for action in case.get("actions", ()):
        planned = plan_action(
            treatment=treatment,
            title=action["title"],
            owner=stage.person(action["who"]),
            due_date=stage.date(action["due"]),
            by=owner,
            reason="Plan",
        )
        stage.keep(f"{key} {action['title']}", planned)
    for control in case.get("controls", ()):
        link_control(risk=stage.get(key), implementation=stage.get(f"CI {control}"), by=owner, reason="Relied upon")
    move_risk(risk=stage.get(key), verb="plan", by=owner, reason="Plan agreed")
    move_risk(risk=stage.get(key), verb="start", by=owner, reason="Work begins")


def _score_again(stage: Stage, case: Case) -> None:
    for kind in ("current", "residual"):
        if kind in case:
            _score(stage, case["key"], kind, case[kind])


def _work(stage: Stage, key: str, facts: dict[str, Any]) -> None:
    """Take an action as far as the script says; somebody else verifies."""
    action = stage.get(f"{key} {facts['title']}")
    for step in ("in_progress", "done", "verified"):
        verifier = "Falk" if facts["who"] == "Ilves" else "Ilves"
        by = stage.person(verifier if step == "verified" else facts["who"])
        move_action(action=action, to=step, by=by, reason="Checked in the running system" if step == "verified" else "")
        if step == facts["state"]:
            return


def _review(stage: Stage, case: Case) -> None:
    review_risk(risk=stage.get(case["key"]), by=stage.person(case["owner"]), reason="Half-yearly review: still true")


def _accept(stage: Stage, facts: dict[str, Any]) -> None:
    acceptance = request_acceptance(
        risk=stage.get(facts["risk"]),
        kind="residual",
        reason="What remains is within reach of the owner",
        by=stage.person(facts["asked"]),
        valid_until=stage.date(facts["until"]),
    )
    accept_risk(
        acceptance=acceptance, by=stage.person(facts["accepted"]), reason="Known, watched, cheaper than the cure"
    )
