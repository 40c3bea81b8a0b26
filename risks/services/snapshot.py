"""The material facts of a risk as it stands today."""

from typing import Any

from risks.facts import material_facts
from risks.models import Risk


def facts_now(risk: Risk) -> dict[str, Any]:
    """What an acceptance would be bound to now; reads prefetched positions, treatments and controls."""
    return material_facts(
        risk,
        risk.positions.all(),
        risk.treatments.all(),
        [link.implementation.reference for link in risk.controls.all()],
    )
