"""What was decided at the gates of the two apps' releases: one late, one stuck, one emergency."""

from collections.abc import Callable
from functools import partial
from typing import Any

from compliance.artefacts.formats.report import Component
from compliance.ledger import change
from compliance.projects.models import Release
from compliance.projects.services import update_release
from compliance.releases.models import GateDecision
from compliance.releases.services import classify_release, decide_gate, override_gate
from risks.demo.builds import build_hash
from risks.demo.stage import Stage, script
from risks.services.report import list_components

SCRIPT: dict[str, dict[str, Any]] = script("releases")


def set_scenes(stage: Stage) -> None:
    """Every decision on its day; the build is named the day before it is verified."""
    for version, facts in SCRIPT.items():
        if "build" in facts:
            stage.on(facts["build"], partial(_build, stage, version), 8)
        for gate, told in facts["gates"].items():
            stage.on(told["day"], _decision(stage, version, gate, told), 16, int(gate[1]))


def _build(stage: Stage, version: str) -> None:
    by, release = stage.person(SCRIPT[version]["owner"]), stage.get(version)
    begun = stage.date(SCRIPT[version]["began"]) if "began" in SCRIPT[version] else release.development_date
    update_release(release=release, by=by, reason="Built", build_sha256=build_hash(version), development_date=begun)
    if parts := SCRIPT[version].get("parts"):
        with change(by=by, reason="Component list of the build"):
            list_components(release, [Component(name=name, version=number) for name, number in parts.items()])


def _decision(stage: Stage, version: str, gate: str, told: dict[str, Any]) -> Callable[[], GateDecision]:
    def decide() -> GateDecision:
        release: Release = stage.get(version)
        by, why = stage.person(told.get("by", SCRIPT[version]["decided_by"])), told["why"]
        if gate == "G0":
            return classify_release(release=release, by=stage.person(SCRIPT[version]["owner"]), reason=why)
        if "until" in told:
            return override_gate(release=release, gate=gate, until=stage.date(told["until"]), by=by, reason=why)
        return decide_gate(release=release, gate=gate, passed=not told.get("failed"), by=by, reason=why)

    return decide
