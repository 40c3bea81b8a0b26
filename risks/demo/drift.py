"""What the build of 4.2.0 shows that its papers do not say: compared, drafted as a flow, partly decided."""

from typing import Any

from dataflows.comparing import compare_release
from dataflows.models import DataFlow, Drift
from dataflows.services.drift import ENGINE, draft_flow
from risks.demo.flows import propose, script_of
from risks.demo.stage import Stage

COMPARED = -5
RELEASES = ("4.0.0", "4.1.0", "4.1.2", "1.9.0", "1.9.1", "4.2.0")
ATTRIBUTION = "DF-009"


def set_scenes(stage: Stage) -> None:
    """Compare every release whose files are in hand, after the build; the engine drafts the flow nobody recorded."""
    for number, version in enumerate(RELEASES):
        stage.on(COMPARED, lambda version=version: compare_release(stage.get(version)), 10, number)
    stage.on(COMPARED, lambda: _draft(stage), 11)


def _found(stage: Stage, rule: str) -> Any:
    rows = Drift.objects.filter(release=stage.get("4.2.0"), rule=rule, state="open")
    return rows.select_related("project__organisation", "release__project").order_by("reference").first()


def _draft(stage: Stage) -> DataFlow:
    """Flow to the company behind the SDK: proposed by the engine, approved by nobody."""
    facts, drift = script_of(ATTRIBUTION), _found(stage, "DR03")
    if drift is None:
        return propose(stage, facts)
    told = {name: facts[name] for name in ("title", "purpose", "channel", "protection")}
    items = [stage.get(f"item {name}") for name in facts["items"]]
    flow = draft_flow(drift=drift, by=ENGINE, reason="Seen in the build of 4.2.0", items=items, **told)
    return stage.keep(ATTRIBUTION, flow)
