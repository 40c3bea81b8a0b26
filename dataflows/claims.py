"""What this room keeps of the documents standards ask for (ISO/IEC 27701)."""

from datetime import datetime

from django.urls import reverse

from compliance.ledger import as_of
from compliance.projects.models import Organisation, Project
from controls.required import Kept, Standing, keeper
from dataflows.models import Party, ProcessingActivity


@keeper("processing")
def processing(organisation: Organisation, at: datetime) -> list[Kept]:
    """Records of processing, with purposes and bases (GDPR Art. 30)."""
    found = as_of(ProcessingActivity, at, stream=_streams(organisation)).count()
    url = reverse("dataflows:activities", args=[organisation.slug])
    return [Kept(Standing.CURRENT, f"Records of processing: {found}", url=url)] if found else []


@keeper("parties")
def parties(organisation: Organisation, at: datetime) -> list[Kept]:
    """Processors and other parties, with contracts and transfers (GDPR Art. 28, 44)."""
    found = as_of(Party, at, stream=organisation.stream).count()
    url = reverse("dataflows:parties", args=[organisation.slug])
    return [Kept(Standing.CURRENT, f"Parties: {found}", url=url)] if found else []


def _streams(organisation: Organisation) -> list[str]:
    keys = Project.objects.in_organisation(organisation).values_list("pk", flat=True)
    return [organisation.stream, *(f"project:{key}" for key in keys)]
