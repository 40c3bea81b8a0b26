"""The wording of a requirement an organisation has bought or may use; never part of the shared catalogue."""

from django.db import models

from compliance.projects.models import OrganisationRow

from .catalogue import Requirement


class LicensedText(OrganisationRow):
    """What one organisation pasted for one requirement; empty until then, left out of packs unless it says so."""

    reference_prefix = ""

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="licensed_texts")
    text = models.TextField(max_length=20_000, blank=True)
    obtained_from = models.CharField(
        max_length=200, blank=True, help_text="The copy or licence the wording comes from."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "requirement"], name="licensed_text_once_per_requirement")
        ]

    def __str__(self) -> str:
        return f"{self.requirement.ref}, licensed text"
