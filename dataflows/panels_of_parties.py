"""Boxes on the overviews about parties and transfers, and on the page of a control what it does in the cloud."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation
from compliance.projects.panels import panel
from controls.models import Control
from dataflows.models import AssessmentState, CloudDuty, FallCase, Party, TransferAssessment


@panel(
    "organisation",
    title="Parties and transfers",
    template="dataflows/panels/parties.html",
    kind="party",
    order=42,
)
def parties_of_organisation(
    organisation: Organisation, *, can: Any, at: datetime | None = None
) -> dict[str, Any] | None:
    """Who works for us, whose review or assessment is over, and what fell; nothing where there is nobody."""
    day = (at or now_read()).date()
    rows = Party.objects.in_organisation(organisation).working()
    number = rows.count()
    if not number:
        return None
    urls = {name: reverse(f"dataflows:{name}", args=[organisation.slug]) for name in ("parties", "falls")}
    urls["tias"] = reverse("dataflows:transfer_assessments", args=[organisation.slug])
    over = TransferAssessment.objects.filter(organisation=organisation, state=AssessmentState.IN_FORCE)
    fallen = FallCase.objects.in_organisation(organisation).filter(action="")
    figures = [
        ("At work", number, urls["parties"]),
        ("Reviews overdue", rows.filter(review_date__lt=day).count(), f"{urls['parties']}?review=due"),
    ]
    if can.flow.view:
        figures += [
            ("Transfer assessments over", over.filter(expires_date__lt=day).count(), f"{urls['tias']}?over=yes"),
            ("Flows whose mechanism fell", fallen.count(), urls["falls"]),
        ]
    return {"figures": figures, "urls": urls, "transfers": can.flow.view}


@panel("control", title="Its part in the cloud", template="dataflows/panels/duties.html", kind="party")
def duties_of_control(control: Control, *, user: Any, at: datetime | None = None) -> dict[str, Any] | None:
    """The topics of cloud services whose part is left to us that the control does (ISO/IEC 27017 CLD.6.3.1)."""
    rows = CloudDuty.objects.filter(control=control).select_related("party__organisation", "requirement__edition")
    found = list(rows.order_by("party__name", "requirement__edition", "requirement__position")[:20])
    return {"rows": found} if found else None
