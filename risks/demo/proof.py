"""What was asked for, and how controls were tested: by the internal auditor, on samples anybody can draw again."""

from typing import Any

from controls.models import ControlTest
from controls.services.control_test import conclude_test, plan_test, start_test
from controls.services.request import request_evidence, waive_request
from controls.services.sample import draw_sample, extrapolate, freeze_population, record_items
from risks.demo.stage import Stage, script

SCRIPT = script("proof")


def set_scenes(stage: Stage) -> None:
    """Ask, and test."""
    for facts in SCRIPT["requests"]:
        stage.on(facts["asked"], lambda facts=facts: _ask(stage, facts), 11)
    for facts in SCRIPT["tests"]:
        stage.on(facts.get("day", -8), lambda facts=facts: _test(stage, facts), 12)


def _ask(stage: Stage, facts: dict[str, Any]) -> None:
    by = stage.person("Ilves")
    request = request_evidence(
        scope=stage.project(facts["project"]) if "project" in facts else stage.organisation,
        title=facts["title"],
        instruction=facts["instruction"],
        example=facts.get("example", ""),
        kind=facts["kind"],
        implementation=stage.get(f"CI {facts['control']}"),
        assignee=stage.person(facts["asked_of"]),
        due_date=stage.date(facts["due"]),
        recurrence=facts.get("recurrence", "once"),
        by=by,
        reason="Needed for the audit",
    )
    if "waived" in facts:
        waive_request(request=request, by=by, reason=facts["waived"])


def _test(stage: Stage, facts: dict[str, Any]) -> None:
    falk = stage.person("Falk")
    first, last = (stage.date(day) for day in facts["period"]) if "period" in facts else (None, None)
    test = plan_test(
        implementation=stage.get(f"CI {facts['control']}"),
        method=facts["method"],
        objective=facts["objective"],
        procedure=facts["procedure"],
        criteria=facts["criteria"],
        period_start=first,
        period_end=last,
        tester=falk,
        planned_date=stage.date(facts["planned"] if "planned" in facts else facts["day"]),
        by=stage.person("Ilves"),
        reason="Internal audit",
    )
    if "items" in facts:
        start_test(test=test, by=falk, reason="Fieldwork")
        _sample(test, facts)
        conclude_test(test=test, result=facts["result"], conclusion=facts["conclusion"], by=falk)


def _sample(test: ControlTest, facts: dict[str, Any]) -> None:
    by, (pattern, count) = test.tester, facts["items"]
    items = [pattern.format(number) for number in range(1, count + 1)]
    sample = freeze_population(test=test, items=items, source=facts["population"], by=by, reason="Whole list")
    draw = "all" if facts["size"] == count else "random_seeded"
    draw_sample(sample=sample, draw=draw, size=facts["size"], seed="lumaro internal audit", by=by, reason="Drawn")
    found = {item.position: ("conforms", "") for item in sample.items.all()}
    for position, note in zip(list(found)[2::9], facts["exceptions"], strict=False):
        found[position] = ("exception", note)
    record_items(sample=sample, found=found, by=by, reason="Examined")
    extrapolate(sample=sample, words=facts["rest"], by=by, reason="Examined")
