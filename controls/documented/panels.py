"""Boxes on the overview: documents and objectives in numbers, each leading to its rows."""

from typing import Any

from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation
from compliance.projects.panels import panel
from compliance.registers.addresses import address as register_address
from controls.addresses import address
from controls.documented.objectives import objectives_now
from controls.models import Document


@panel("organisation", title="Documents", template="controls/panels/figures.html", kind="document", order=25)
def documents_of_organisation(organisation: Organisation) -> dict[str, Any] | None:
    """Documents by what they wait for. One query."""
    rows = Document.objects.in_organisation(organisation).with_standing(now_read().date())
    standings = list(rows.values_list("standing", flat=True))
    if not standings:
        return None
    url = address(organisation, "documents")
    wanted = (
        ("In force", "published"),
        ("To be decided", "review"),
        ("Review due", "review_due"),
        ("Review overdue", "review_overdue"),
    )
    figures = [
        {"label": label, "number": standings.count(key), "url": f"{url}?standing={key}"} for label, key in wanted
    ]
    return {"figures": figures}


@panel("organisation", title="Objectives", template="controls/panels/figures.html", kind="register", order=26)
def objectives_of_organisation(organisation: Organisation) -> dict[str, Any] | None:
    """Objectives by whether they are reached. Two queries."""
    found = objectives_now(organisation)
    if not found:
        return None
    url, states = register_address(organisation, "register", "objectives"), [one.state for one in found]
    wanted = (("Reached", "reached"), ("Missed", "missed"), ("Not measured", "not_measured"))
    figures = [{"label": label, "number": states.count(key), "url": url} for label, key in wanted]
    return {"figures": figures}
