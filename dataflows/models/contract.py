"""What is agreed with parties, and what a processing contract has to say (GDPR Art. 26, 28)."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from compliance.projects.models import OrganisationRow, ScopedQuerySet
from controls.models import Evidence
from dataflows import clauses
from dataflows.models.party import Party


class ContractQuerySet(ScopedQuerySet["Contract"]):
    """Questions about contracts."""

    def of_processing(self) -> "ContractQuerySet":
        return self.filter(kind__in=Contract.OF_PROCESSING)

    def in_force(self, on: date) -> "ContractQuerySet":
        """Those signed and not over on a day."""
        return self.filter(Q(expires_date__isnull=True) | Q(expires_date__gte=on), signed_date__lte=on)


class Contract(OrganisationRow):
    """One agreement with a party, as signed; a new version is a new row."""

    reference_prefix = "CON"
    reference_digits = 3

    class Kind(models.TextChoices):
        PROCESSING = "processing", "Processing contract"
        JOINT = "joint", "Arrangement of joint controllers"
        CLAUSES = "clauses", "Standard contractual clauses"
        SERVICE = "service", "Service agreement"
        CONFIDENTIALITY = "confidentiality", "Confidentiality agreement"
        OTHER = "other", "Other"

    OF_PROCESSING = (Kind.PROCESSING,)

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="contracts")
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.PROCESSING)
    name = models.CharField(max_length=160, help_text="As it is headed, e.g. Data processing agreement.")
    edition = models.CharField("version of the text", max_length=40, blank=True, help_text="e.g. 3.1, or its date.")
    signed_date = models.DateField("signed by both on", null=True, blank=True)
    expires_date = models.DateField("ends on", null=True, blank=True, help_text="Empty when it runs until ended.")
    breach_hours = models.PositiveSmallIntegerField(
        "hours to tell of a breach", null=True, blank=True, help_text="As agreed, in hours; e.g. 24."
    )
    filed = models.CharField("kept at", max_length=200, blank=True, help_text="Where the signed copy is.")
    essence = models.CharField(
        "essence made available",
        max_length=200,
        blank=True,
        help_text="For joint controllers: where people can read the essence of the arrangement.",
    )
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        ordering = ["signed_date", "reference"]

    def __str__(self) -> str:
        return f"{self.name} {self.edition}".strip()

    def get_absolute_url(self) -> str:
        return self.party.get_absolute_url()

    @property
    def is_of_processing(self) -> bool:
        """Whether it is the contract GDPR Art. 28(3) asks for."""
        return self.kind in self.OF_PROCESSING

    def holds(self, on: date) -> bool:
        """Whether it is signed and has not ended on a day."""
        ends = self.expires_date
        return self.signed_date is not None and self.signed_date <= on and (ends is None or on <= ends)


class ContractCheck(OrganisationRow):
    """What a party's contract says to one row of the checklist (GDPR Art. 28(3); data/contract_checklist.json)."""

    class Answer(models.TextChoices):
        YES = "yes", "Yes"
        PARTLY = "partly", "Partly"
        NO = "no", "No"
        NA = "na", "Does not apply"

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="checks")
    row = models.CharField(max_length=30, choices=clauses.row_choices)
    answer = models.CharField(max_length=6, choices=Answer.choices)
    concrete = models.BooleanField(
        null=True, blank=True, help_text="Says what is done here, and does not only repeat the article."
    )
    clause = models.CharField(max_length=80, blank=True, help_text="Where the contract says it, e.g. § 7.2, annex II.")
    note = models.CharField(max_length=300, blank=True)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    reviewed_date = models.DateField(null=True, blank=True)
    list_edition = models.CharField(max_length=10, editable=False, default="")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["party", "row"]
        constraints = [models.UniqueConstraint(fields=["party", "row"], name="dataflows_check_row")]

    def __str__(self) -> str:
        return f"{self.row} of {self.party_id}"

    @property
    def is_weak(self) -> bool:
        """Whether it is answered, but only in the words of the article (EDPB 07/2020)."""
        return self.answer in (self.Answer.YES, self.Answer.PARTLY) and self.concrete is False
