"""Security requirements of the two apps: taken over, approved (once late), tested build by build, one waived."""

from functools import partial
from typing import Any

from risks.demo.stage import Stage, script
from risks.models import SecurityRequirement
from risks.requirement_proposals import Proposed, current_threats, from_threats, rules
from risks.services.baseline import decide_baseline, put_forward
from risks.services.requirement import record_results, take_over, waive_requirement

SCRIPT: dict[str, dict[str, Any]] = script("requirements")
WORDS = ("statement", "criterion")


def set_scenes(stage: Stage) -> None:
    """Each on its day, before the gates are decided in the afternoon."""
    for version, facts in SCRIPT.items():
        if "drafted" in facts:
            stage.on(facts["drafted"], partial(_draft, stage, version), 9)
            stage.on(facts["forward"], partial(_put_forward, stage, version), 11)
        if "approved" in facts:
            stage.on(facts["approved"][0], partial(_approve, stage, version), 14)
        if "tested" in facts:
            stage.on(facts["tested"][0], partial(_test, stage, version), 13)
        for key, told in facts.get("waived", {}).items():
            stage.on(told[0], partial(_waive, stage, version, key, told), 15)


def _draft(stage: Stage, version: str) -> None:
    release, by = stage.get(version), stage.person(SCRIPT[version]["by"])
    offered = {one.key: one for one in _of_answers()}
    offered |= {one.threat.library: one for one in from_threats(current_threats(release.project)) if one.threat}
    rows = SCRIPT[version]["rows"]
    changed = {}
    for facts in rows:
        one = offered[facts["from"]]
        said = {name: facts[name] for name in (*WORDS, "because") if name in facts}
        changed[one.key] = {**said, "owner": stage.person(facts["owner"])}
    proposed = [offered[facts["from"]] for facts in rows]
    for facts, made in zip(rows, take_over(release=release, proposed=proposed, changed=changed, by=by), strict=True):
        stage.keep(f"SQ {release.project.slug} {facts['from']}", made)


def _of_answers() -> list[Proposed]:
    """Every line of the data, whatever the answers: the script says which answer asked for it."""
    named = ("statement", "criterion", "priority", "source", "cites")
    return [
        Proposed(
            line["id"],
            because="Because every app for the stores has to.",
            masvs=line.get("masvs", ""),
            **{name: line[name] for name in named},
        )
        for line in rules()["answers"]
    ]


def _put_forward(stage: Stage, version: str) -> None:
    release, by = stage.get(version), stage.person(SCRIPT[version]["by"])
    put_forward(release=release, by=by, reason="Agreed in the team")


def _approve(stage: Stage, version: str) -> None:
    _, who, why = SCRIPT[version]["approved"]
    decide_baseline(release=stage.get(version), approve=True, by=stage.person(who), reason=why)


def _test(stage: Stage, version: str) -> None:
    release, facts = stage.get(version), SCRIPT[version]
    rows = {row.pk: row for row in SecurityRequirement.objects.of_release(release).agreed().order_by("reference")}
    keys = {pk: key for key, pk in _of_project(stage, release.project.slug).items()}
    failed, untested, shown = facts.get("failed", {}), facts.get("untested", ()), facts.get("shown", {})
    told: dict[str, Any] = {
        "release": release,
        "by": stage.person(facts["tested"][1]),
        "tested_date": stage.date(facts["tested"][0]),
        "reason": "Tests of the build",
    }
    passed = [row for pk, row in rows.items() if keys[pk] not in {*failed, *untested, *shown}]
    record_results(requirements=passed, verdict="pass", **told)
    for pk, row in rows.items():
        if keys[pk] in failed:
            record_results(requirements=[row], verdict="fail", note=failed[keys[pk]], **told)
        elif keys[pk] in shown:
            evidence = stage.get(shown[keys[pk]])
            record_results(requirements=[row], verdict="pass", means="scan", evidence=evidence, **told)


def _of_project(stage: Stage, slug: str) -> dict[str, Any]:
    start = f"SQ {slug} "
    return {name.removeprefix(start): thing.pk for name, thing in stage.things.items() if name.startswith(start)}


def _waive(stage: Stage, version: str, key: str, told: list[Any]) -> None:
    _, who, until, why = told
    row = stage.get(f"SQ {stage.get(version).project.slug} {key}")
    waive_requirement(requirement=row, until=stage.date(until), by=stage.person(who), reason=why)
