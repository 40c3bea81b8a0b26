"""Systems, assessments of interests, retention rules with their runs, and the screenings of ordinary processing."""

from functools import partial
from typing import Any

from dataflows.services import (
    add_rule,
    add_system,
    approve_record,
    draft_interest,
    give_view,
    record_run,
    submit_for_review,
    verify_run,
)
from risks.demo.stage import Stage, script
from risks.screening import QUESTIONS
from risks.services.dpia import answer_screening, screen, spare

SCRIPT = script("processing")
WHY = "Inventory workshop"


def set_scenes(stage: Stage) -> None:
    """Systems before the maps, interests and rules before the records, runs when they were done."""
    stage.on(-270, partial(_systems, stage), 8)
    stage.on(-268, partial(_rules, stage), 10)
    stage.on(-269, partial(_assess, stage), 9)
    stage.on(-264, partial(_agree, stage), 15)
    for run in SCRIPT["runs"]:
        stage.on(run["day"], partial(_run, stage, run), 16)
    for number, facts in enumerate(SCRIPT["screenings"]):
        stage.on(-190 + number, partial(_screen, stage, facts), 11)


def _systems(stage: Stage) -> None:
    by = stage.person("Brandt")
    for facts in SCRIPT["systems"]:
        details = {**facts, "operator": stage.get(facts["operator"]), "owner": by}
        made = add_system(organisation=stage.organisation, by=stage.person("Ilves"), reason=WHY, **details)
        stage.keep(f"system {made.name}", made)


def _rules(stage: Stage) -> None:
    by = stage.person("Ilves")
    for facts in SCRIPT["rules"]:
        made = add_rule(
            organisation=stage.organisation,
            name=facts["name"],
            item=stage.get(f"item {facts['item']}"),
            system=stage.get(f"system {facts['system']}") if "system" in facts else None,
            trigger=facts["trigger"],
            period=facts["period"],
            unit=facts["unit"],
            method=facts.get("method", "delete"),
            basis=facts["basis"],
            backup_lag_days=facts.get("backups", 0),
            every_days=facts.get("every"),
            owner=stage.person("Brandt"),
            review_date=stage.date(60),
            by=by,
            reason=WHY,
        )
        stage.keep(f"rule {facts['key']}", made)


def _assess(stage: Stage) -> None:
    for facts in SCRIPT["interests"]:
        tests: dict[str, Any] = {}
        for name in ("purpose", "necessity", "balancing"):
            tests |= {f"{name}_test": facts[name]["text"], f"{name}_verdict": facts[name]["verdict"]}
        made = draft_interest(
            organisation=stage.organisation,
            by=stage.person("Ilves"),
            reason="Before the processing rests on it",
            review_date=stage.date(40),
            **{name: facts[name] for name in ("title", "interest", "safeguards", "outcome")},
            **tests,
        )
        stage.keep(facts["key"], made)


def _agree(stage: Stage) -> None:
    ilves, rehm = stage.person("Ilves"), stage.person("Rehm")
    for facts in SCRIPT["interests"]:
        submit_for_review(record=stage.get(facts["key"]), by=ilves, reason="Weighed")
        give_view(assessment=stage.get(facts["key"]), by=rehm, reason=facts["view"])
        approve_record(record=stage.get(facts["key"]), by=rehm, reason="Balanced, with the safeguards")


def _run(stage: Stage, facts: dict[str, Any]) -> None:
    run = record_run(
        rule=stage.get(f"rule {facts['rule']}"),
        by=stage.person("Brandt"),
        reason="Disposed of by the rule",
        run_date=stage.date(facts["day"]),
        scope=facts["scope"],
        count=facts["count"],
        oldest_date=stage.date(facts["oldest"]),
        proof=stage.get(facts["proof"]) if "proof" in facts else None,
    )
    if "verified" in facts:
        verify_run(run=run, by=stage.person("Ilves"), reason=facts["verified"])


def _screen(stage: Stage, facts: dict[str, Any]) -> None:
    ilves = stage.person("Ilves")
    made = screen(
        scope=stage.project(facts["scope"]) if facts["scope"] else stage.organisation,
        title=facts["title"],
        activities=[stage.get(key) for key in facts["records"]],
        by=ilves,
    )
    answer_screening(assessment=made, answers={key: {"hit": False, "why": ""} for key in QUESTIONS}, by=ilves)
    spare(assessment=made, by=stage.person("Rehm"), reason=facts["why"])
