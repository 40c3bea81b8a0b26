"""Assets and what touches them, a scenario with a part, and what is to be looked at again on the day of loading."""

from typing import Any

from risks.demo.stage import Stage, script
from risks.services import add_asset, evaluate, link_thing, move_risk, update_asset, update_risk

SCRIPT = script("assets")
WHY = "Asset workshop"


def set_scenes(stage: Stage) -> None:
    """Assets in the spring, links with the risks, and one look at everything on the last day."""
    for case in SCRIPT["assets"]:
        stage.on(-200, lambda case=case: _add(stage, case), 9)
    for case in SCRIPT["assets"]:
        if "needs" in case:
            stage.on(-200, lambda case=case: _rest(stage, case), 12)
    stage.on(-2, lambda: _touch(stage), 17)
    stage.on(0, lambda: evaluate(stage.organisation), 23, 59)


def _add(stage: Stage, case: dict[str, Any]) -> None:
    values = dict(zip(("confidentiality", "integrity", "availability"), case["values"], strict=True))
    asset = add_asset(
        organisation=stage.organisation,
        project=None if case["scope"] == "L" else stage.project(case["scope"]),
        by=stage.person(case["owner"]),
        reason=WHY,
        owner=stage.person(case["owner"]),
        review_date=stage.date(165),
        **{name: case[name] for name in ("name", "kind", "rank")},
        **values,
    )
    stage.keep(f"asset {case['key']}", asset)


def _rest(stage: Stage, case: dict[str, Any]) -> None:
    needs = [stage.get(f"asset {key}") for key in case["needs"]]
    update_asset(asset=stage.get(f"asset {case['key']}"), needs=needs, by=stage.person(case["owner"]), reason=WHY)


def _touch(stage: Stage) -> None:
    by = stage.person("Ilves")
    for risk, keys in SCRIPT["touches"].items():
        for key in keys:
            link_thing(risk=stage.get(risk), thing=stage.get(f"asset {key}"), by=by, reason=WHY)
    for part, whole in SCRIPT["parts"].items():
        update_risk(risk=stage.get(part), parent=stage.get(whole), by=by, reason="One scenario, seen closer")
    for risk, why in SCRIPT["lower_because"].items():
        update_risk(risk=stage.get(risk), lower_because=why, by=by, reason="It stands lower than its part")
    for risk in SCRIPT["monitored"]:
        move_risk(risk=stage.get(risk), verb="monitor", by=by, reason="What remains is accepted")
