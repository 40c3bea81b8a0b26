"""Two threat models, one of them going on; vulnerabilities found, mended, late and not affecting."""

from decimal import Decimal
from typing import Any

from risks.demo.stage import Stage, script
from risks.models import ThreatModel
from risks.services.threat_model import (
    answer_surface,
    assume,
    decide_threat_model,
    draft_threat_model,
    next_version,
    save_element,
    save_threat,
    submit_threat_model,
)
from risks.services.vulnerability import feed_risk, move_vulnerability, record_vulnerability

MODELS, FLAWS = script("threats"), script("vulnerabilities")
Case = dict[str, Any]
GIVEN = (
    *("title", "kind", "identifier", "component", "purl", "location"),
    *("severity", "cvss", "exploited", "fixed_in", "tags"),
)
ANSWER = {True: "yes", False: "no"}


def set_scenes(stage: Stage) -> None:
    """Models drawn up and approved, their next version begun; vulnerabilities step by step."""
    for case in MODELS["models"]:
        stage.on(case["day"], lambda case=case: _draw_up(stage, case), 10)
        stage.on(case["decided"], lambda case=case: _approve(stage, case), 15)
    for case in MODELS["next"]:
        stage.on(case["day"], lambda case=case: _go_on(stage, case), 11)
    for number, case in enumerate(FLAWS["rows"]):
        key = f"VU {number}"
        stage.on(case["day"], lambda a=(key, case): _find(stage, *a), 8)
        for step in case["steps"]:
            stage.on(step[0], lambda a=(key, step): _step(stage, *a), 12)


def _draw_up(stage: Stage, case: Case) -> None:
    by, project = stage.person("Ilves"), stage.project(case["scope"])
    model = draft_threat_model(
        project=project,
        by=by,
        reason="Workshop",
        title=case["title"],
        description=case["description"],
        method=case["method"],
        participants=case["participants"],
        from_release=stage.get(case["from"]) if case["from"] in stage.things else None,
        to_release=stage.get(case["to"]) if case["to"] in stage.things else None,
    )
    stage.keep(case["key"], model)
    for text, owner in case["assumptions"]:
        assume(model=model, text=text, owner=stage.person(owner), by=by)
    names = ("present", "protected", "tested")
    answers = {
        key: {**{name: ANSWER[value] for name, value in zip(names, said, strict=False)}, "note": said[3]}
        for key, said in case["surface"].items()
    }
    answer_surface(model=model, answers=answers, by=by)
    _fill(stage, model, case)


def _fill(stage: Stage, model: ThreatModel, case: Case) -> None:
    by = stage.person("Ilves")
    frames = {name: save_element(model=model, by=by, shape="boundary", name=name) for name in case["boundaries"]}
    parts = {}
    for one in case["elements"]:
        parts[one["key"]] = save_element(
            model=model,
            by=by,
            kind=one["kind"],
            name=one["name"],
            inside=frames.get(one.get("in", "")),
            personal_data=one.get("personal", False),
            out_of_scope="out" in one,
            out_because=one.get("out", ""),
        )
    for one in case["flows"]:
        save_element(
            model=model,
            by=by,
            shape="flow",
            name=one["name"],
            source=parts[one["from"]],
            target=parts[one["to"]],
            both_ways=one.get("both", False),
            protocol=one.get("protocol", ""),
            encrypted="TLS" in one.get("protocol", ""),
            personal_data=one.get("personal", False),
        )
    for one in case["threats"]:
        given = {name: value for name, value in one.items() if name not in {"at", "risk"}}
        risk = stage.get(one["risk"]) if "risk" in one else None
        save_threat(model=model, by=by, element=parts[one["at"]], risk=risk, **given)


def _approve(stage: Stage, case: Case) -> None:
    submit_threat_model(model=stage.get(case["key"]), by=stage.person("Ilves"), reason="Walked through twice")
    decide_threat_model(
        model=stage.get(case["key"]),
        approve=True,
        by=stage.person("Falk"),
        reason="Elements and flows are those of the release; what stands open is on the register",
    )


def _go_on(stage: Stage, case: Case) -> None:
    by = stage.person("Ilves")
    model = next_version(model=stage.get(case["of"]), by=by, reason="Referral campaign comes with 4.2.0")
    stage.keep(case["key"], model)
    part = case["element"]
    inside = model.elements.get(shape="boundary", name=part["in"])
    element = save_element(
        model=model, by=by, kind=part["kind"], name=part["name"], inside=inside, personal_data=part["personal"]
    )
    app = model.elements.filter(kind="app").order_by("reference").first()
    save_element(model=model, by=by, shape="flow", name="Shows offers", source=app, target=element)
    save_threat(model=model, by=by, element=element, **case["threat"])


def _find(stage: Stage, key: str, case: Case) -> None:
    given: dict[str, Any] = {name: case[name] for name in GIVEN if name in case}
    if "epss" in case:
        given["epss"] = Decimal(case["epss"])
    row = record_vulnerability(
        project=stage.project(case["scope"]),
        by=stage.person("Ilves"),
        reason="Weekly scan",
        releases=[stage.get(case["release"])] if "release" in case else (),
        component_version=case.get("version", ""),
        owner=stage.person(case["owner"]) if "owner" in case else None,
        **given,
    )
    stage.keep(key, row)
    if "risk" in case:
        feed_risk(vulnerability=row, risk=stage.get(case["risk"]), by=stage.person("Ilves"), reason="It feeds it")


def _step(stage: Stage, key: str, step: list[Any]) -> None:
    _, to, who, *rest = step
    justification, reason = (*rest, "", "")[:2]
    move_vulnerability(
        vulnerability=stage.get(key),
        to=to,
        by=stage.person(who),
        reason=reason or "As agreed in the weekly round",
        justification=justification,
    )
