"""`{% because row %}`: which answer of an assessment a record comes from, where the reader may see that."""

from typing import Any

from django import template

from compliance.assessments.models import Proposal
from compliance.projects.models import Project

register = template.Library()
MOST = 5


@register.inclusion_tag("assessments/_because.html", takes_context=True)
def because(context: dict[str, Any], row: Any) -> dict[str, Any]:
    """The proposals that became the record, or named it when it was there. One query."""
    rows = Proposal.objects.of_row(row).select_related("project", "assessment__project")
    request = context.get("request")
    if request is None or not _may_see(context):
        return {"rows": []}
    if not isinstance(context.get("project"), Project):
        rows = rows.filter(project__in=Project.objects.visible_to(request.user))
    else:
        rows = rows.filter(project=context["project"])
    return {"rows": [(one, one.because.splitlines()) for one in rows.order_by("reference")[:MOST]]}


def _may_see(context: dict[str, Any]) -> bool:
    kinds = getattr(context.get("can"), "assessment", None)
    return bool(kinds and kinds.view)
