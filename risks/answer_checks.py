"""Answers of an assessment compared with the records of this room, before it is submitted."""

from collections.abc import Iterator
from typing import Any

from compliance.assessments.registry import Checked, answer_check
from compliance.projects.models import Project
from risks.models import Risk

# An answer, the threat an open risk of the project names all the same, and what was said.
DENIED = (
    ("Q13", "no", "T35", "Children could not use it"),
    ("Q37", "https_only", "T06", "Connections are encrypted, but not pinned"),
    ("Q32", "none", "T17", "No money in the app"),
)


@answer_check("risks")
def against_register(project: Project, values: dict[str, Any]) -> Iterator[Checked]:
    """What nobody sees, though an open risk of the project is about it. One query."""
    asked = [one for one in DENIED if one[1] in _several(values.get(one[0], {}).get("answer"))]
    if not asked:
        return
    rows = Risk.objects.in_project(project).open().filter(threat__in=[one[2] for one in asked]).order_by("reference")
    found = {row.threat: row for row in rows}
    for question, _, threat, said in asked:
        if threat in found:
            yield Checked(question, f"{said}, but {found[threat].reference} {found[threat].title} is open.")


def _several(said: Any) -> list[str]:
    return said if isinstance(said, list) else [said]
