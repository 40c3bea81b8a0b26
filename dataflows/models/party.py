"""Everybody outside the organisation who touches personal data."""

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from compliance.projects.models import OrganisationRow, ScopedQuerySet
from compliance.ui.addresses import filled
from dataflows import vocabulary

if TYPE_CHECKING:
    from compliance.projects.models import Project


class PartyQuerySet(ScopedQuerySet["Party"]):
    """Questions about parties."""

    def processors(self) -> "PartyQuerySet":
        return self.filter(role__in=Party.CONTRACTED)

    def working(self) -> "PartyQuerySet":
        """Those whose relation has not ended."""
        return self.exclude(state=Party.State.ENDED)

    def without_contract(self, on: date) -> "PartyQuerySet":
        """Processors at work with no contract in force on a day (GDPR Art. 28(3))."""
        in_force = Q(contract_signed_date__lte=on) & (
            Q(contract_expires_date__isnull=True) | Q(contract_expires_date__gte=on)
        )
        return self.processors().working().exclude(in_force)

    def in_flows_of(self, project: "Project") -> "PartyQuerySet":
        """Parties that stand on the project's flow map."""
        return self.filter(nodes__project=project).distinct()


class Party(OrganisationRow):
    """A processor, recipient or other controller (GDPR Art. 4(7) to 4(9), 26, 28)."""

    reference_prefix = "PA"
    reference_digits = 3
    personal_fields: ClassVar[frozenset[str]] = frozenset({"contact"})

    class Role(models.TextChoices):
        PROCESSOR = "processor", "Processor"
        SUB_PROCESSOR = "sub_processor", "Sub-processor"
        JOINT_CONTROLLER = "joint_controller", "Joint controller"
        CONTROLLER = "controller", "Controller we work for"
        RECIPIENT = "recipient", "Recipient"

    class Tier(models.IntegerChoices):
        CRITICAL = 1, "1, the service stops without it"
        IMPORTANT = 2, "2, it holds personal data"
        MINOR = 3, "3, little or none"

    class State(models.TextChoices):
        REQUESTED = "requested", "Requested"
        DUE_DILIGENCE = "due_diligence", "Due diligence"
        CONTRACT = "contract", "Contract"
        APPROVED = "approved", "Approved"
        ACTIVE = "active", "Active"
        REVIEW_DUE = "review_due", "Review due"
        OFFBOARDING = "offboarding", "Offboarding"
        ENDED = "ended", "Ended"

    CONTRACTED = (Role.PROCESSOR, Role.SUB_PROCESSOR)
    MOVES = {
        State.REQUESTED: (State.DUE_DILIGENCE, State.ENDED),
        State.DUE_DILIGENCE: (State.CONTRACT, State.ENDED),
        State.CONTRACT: (State.APPROVED, State.ENDED),
        State.APPROVED: (State.ACTIVE, State.OFFBOARDING),
        State.ACTIVE: (State.REVIEW_DUE, State.OFFBOARDING),
        State.REVIEW_DUE: (State.ACTIVE, State.OFFBOARDING),
        State.OFFBOARDING: (State.ENDED,),
        State.ENDED: (),
    }

    name = models.CharField(max_length=120, help_text="The legal name, e.g. Meterly Analytics SAS.")
    country = models.CharField("country of its seat", max_length=2, choices=vocabulary.country_choices)
    parent_country = models.CharField(
        "country of its parent company",
        max_length=2,
        blank=True,
        choices=vocabulary.country_choices,
        help_text="Only when it differs. A parent outside the EEA matters for the transfer assessment.",
    )
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.PROCESSOR)
    engaged_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="engages",
        null=True,
        blank=True,
        help_text="For a sub-processor: the processor that engaged it.",
    )
    service = models.CharField(max_length=200, help_text="What it does for us, e.g. crash reporting.")
    tier = models.PositiveSmallIntegerField(null=True, blank=True, choices=Tier.choices)
    contact = models.CharField(
        max_length=200, blank=True, help_text="Whom to write to about data protection, with address."
    )
    contract_name = models.CharField(
        "contract", max_length=160, blank=True, help_text="Name and version, e.g. Data processing agreement v3."
    )
    contract_signed_date = models.DateField("contract signed on", null=True, blank=True)
    contract_expires_date = models.DateField("contract ends on", null=True, blank=True)
    notes = models.TextField(blank=True)
    state = models.CharField(max_length=14, choices=State.choices, default=State.REQUESTED, editable=False)

    objects = PartyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "parties"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                name="dataflows_party_name",
                violation_error_message="There is a party of this name already: open that one.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return filled("dataflows:party", self.organisation.slug, self.reference)

    @property
    def next_states(self) -> list["Party.State"]:
        return list(self.MOVES[self.State(self.state)])

    @property
    def needs_contract(self) -> bool:
        """Whether GDPR Art. 28(3) asks for a contract."""
        return self.role in self.CONTRACTED

    def has_contract(self, on: date) -> bool:
        """Whether a contract is signed and has not ended on a day."""
        signed, ends = self.contract_signed_date, self.contract_expires_date
        return signed is not None and signed <= on and (ends is None or on <= ends)

    @property
    def in_eea(self) -> bool:
        return vocabulary.in_eea(self.country)
