"""What the build of 4.2.0 shows and no record says: the flow to the company behind it is drafted by the engine."""

from dataflows.models import DataFlow, Drift
from dataflows.services.drift import ENGINE, draft_flow
from risks.demo.flows import node_of, propose, script_of
from risks.demo.stage import Stage

PLACED, COMPARED = -21, -8
ATTRIBUTION = "DF-009"


def set_scenes(stage: Stage) -> None:
    """The company stands on the map before anybody says what flows there; its flow comes with the build."""
    stage.on(PLACED, lambda: node_of(stage, "S", "P05"), 12)
    stage.on(COMPARED, lambda: _draft(stage), 11)


def _draft(stage: Stage) -> DataFlow:
    """Proposed by the engine, approved by nobody."""
    facts = script_of(ATTRIBUTION)
    rows = Drift.objects.filter(release=stage.get("4.2.0"), rule="DR03").order_by("reference")
    drift = rows.select_related("project__organisation", "release__project").first()
    if drift is None:
        return propose(stage, facts)
    told = {name: facts[name] for name in ("title", "purpose", "channel", "protection")}
    items = [stage.get(f"item {name}") for name in facts["items"]]
    flow = draft_flow(drift=drift, by=ENGINE, reason="Seen in the build of 4.2.0", items=items, **told)
    return stage.keep(ATTRIBUTION, flow)
