"""Answers of an assessment compared with the records of this room, before it is submitted."""

from collections.abc import Iterator
from typing import Any

from compliance.assessments.registry import Checked, answer_check
from compliance.projects.models import Project
from dataflows import vocabulary
from dataflows.models import DataFlow, Transfer

Values = dict[str, Any]
MONEY = {"payment_info", "other_financial"}
PLACES = {"location_precise", "location_coarse"}
HEALTH = {"health"}


def _said(values: Values, question: str, part: str = "answer") -> Any:
    return values.get(question, {}).get(part)


def _countries(values: Values) -> set[str]:
    """Every country an answer names where data goes or is looked at."""
    rows = [row for key in ("Q14", "Q35", "Q36") for row in (_said(values, key) or []) if isinstance(row, dict)]
    cells = [str(row.get("country") or row.get("operator_country") or "") for row in rows]
    return {code for cell in cells for code in cell.split()}


@answer_check("flows")
def against_flows(project: Project, values: Values) -> Iterator[Checked]:
    """What nobody said, though a flow of the project does it: money, places, health, companies, countries."""
    flows = list(DataFlow.objects.in_project(project).present().complete().order_by("reference"))
    denied = (
        ("Q32", MONEY, _said(values, "Q32") == ["none"], "No money in the app"),
        ("Q18", PLACES, _said(values, "Q18") == "no", "You do not use the place of people"),
        ("Q17", HEALTH, _said(values, "Q17") == "no", "Nothing about health"),
    )
    for question, categories, says_no, said in denied:
        flow = next((one for one in flows if {item.category for item in one.data} & categories), None)
        if says_no and flow is not None:
            yield Checked(question, f"{said}, but {flow.reference} {flow.title} carries such data.")
    if _said(values, "Q36") == "none":
        reached = next(((flow, node) for flow in flows for node in flow.nodes if node.party), None)
        if reached is not None and reached[1].party is not None:
            yield Checked(
                "Q36", f"No outside service gets data, but {reached[0].reference} reaches {reached[1].party}."
            )


@answer_check("transfers")
def against_transfers(project: Project, values: Values) -> Iterator[Checked]:
    """Every country named is in the EEA, but a transfer is recorded."""
    if not values.get("Q36") or any(not vocabulary.in_eea(code) for code in _countries(values)):
        return
    row = Transfer.objects.in_project(project).order_by("reference").first()
    if row is not None:
        yield Checked("Q36", f"Every country you name is in the EEA, but {row.reference} goes to {row.destination}.")
