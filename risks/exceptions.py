"""Exceptions that touch risks: a project leaves out a requirement that a control of a risk answers."""

from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, UUIDField, When

from controls.models import Deviation
from risks.models import Risk, RiskControl


def exceptions_of(risk: Risk) -> Any:
    """Open exceptions of the risk's project (of any project for one of the whole organisation), the newest first."""
    asked = RiskControl.objects.filter(risk=risk).values("implementation__control__requirement_links__requirement")
    rows = Deviation.objects.in_organisation(risk.organisation).open().filter(requirement__in=asked)
    if risk.project_id:
        rows = rows.filter(project=risk.project_id)
    return rows.select_related("requirement__edition", "project").order_by("-reference")


def excepted() -> Any:
    """The ids of risks that an open exception touches."""
    touching = Deviation.objects.open().filter(
        Q(project=OuterRef("project")) | Q(project__organisation=OuterRef("own_organisation")),
        requirement=OuterRef("implementation__control__requirement_links__requirement"),
    )
    # A risk of the whole organisation is touched by the exception of any project; one of a project by its own.
    own = Case(When(project=None, then=F("organisation_id")), default=None, output_field=UUIDField())
    links = RiskControl.objects.annotate(own_organisation=own)
    return links.filter(Exists(touching)).values("risk")
