"""Obligations a risk may breach: lines of the register of obligations that are linked to it."""

from django.db.models import Q

from compliance.registers.models import RegisterRow
from risks.models import Risk


def obligations_of(risk: Risk) -> list[RegisterRow]:
    """The lines linked to a risk, by reference; linked on the line's page."""
    rows = RegisterRow.objects.filter(register="obligations", links__target="risk", links__target_id=risk.pk)
    within = Q(project=None) | Q(project=risk.project_id) if risk.project_id else Q()
    return list(rows.filter(within).select_related("project", "organisation").order_by("reference"))
