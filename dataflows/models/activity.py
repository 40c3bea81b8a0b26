"""Records of processing activities (GDPR Art. 30; ISO 27701 A.7.2.8, B.8.2.6)."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q

from compliance.approvals.snapshot import facts_of
from compliance.projects.models import Organisation, Project, ScopedQuerySet, ScopedRow
from compliance.ui.addresses import filled
from controls.models import Implementation
from dataflows import vocabulary
from dataflows.models.item import DataItem
from dataflows.models.party import Party

if TYPE_CHECKING:
    from compliance.accounts.models import User
    from dataflows.models.flow import DataFlow


class ProcessingActivityQuerySet(ScopedQuerySet["ProcessingActivity"]):
    """Questions about records of processing."""

    def complete(self) -> "ProcessingActivityQuerySet":
        """With `data_rows`, `party_rows`, `measure_rows` and `flow_rows`, which every question about a record needs."""
        from dataflows.models.flow import DataFlow  # the flow knows its activity, not the other way round

        return (
            self.prefetch_related(None)
            .select_related("organisation", "project", "owner")
            .prefetch_related(
                Prefetch(
                    "data", ActivityData.objects.select_related("item").order_by("item__name"), to_attr="data_rows"
                ),
                Prefetch(
                    "parties",
                    ActivityParty.objects.select_related("party").order_by("party__name"),
                    to_attr="party_rows",
                ),
                Prefetch(
                    "measures",
                    ActivityMeasure.objects.select_related("implementation__control").order_by(
                        "implementation__reference"
                    ),
                    to_attr="measure_rows",
                ),
                Prefetch("flows", DataFlow.objects.present().complete().order_by("reference"), to_attr="flow_rows"),
            )
        )

    def seen_by(
        self, user: "User | UUID", organisation: Organisation | UUID, at: datetime | None = None
    ) -> "ProcessingActivityQuerySet":
        """Those shared by the organisation and those of projects the person may open."""
        mine = Project.objects.filter(organisation=organisation).visible_to(user, at)
        return self.filter(Q(project__isnull=True) | Q(project__in=mine), organisation=organisation)

    def present(self) -> "ProcessingActivityQuerySet":
        return self.exclude(state=ProcessingActivity.State.RETIRED)


class ProcessingActivity(ScopedRow):
    """One record of processing: as controller by Art. 30(1), letters a to g; as processor by Art. 30(2), a to d."""

    reference_prefix = "RA"
    reference_digits = 3

    class Role(models.TextChoices):
        CONTROLLER = "controller", "Controller"
        PROCESSOR = "processor", "Processor"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        DPO_REVIEW = "dpo_review", "DPO review"
        ACTIVE = "active", "Active"
        RETIRED = "retired", "Retired"

    class Dpia(models.TextChoices):
        NOT_SCREENED = "not_screened", "Not screened yet"
        NOT_REQUIRED = "not_required", "Not required, reasons recorded"
        REQUIRED = "required", "Required, not done"
        IN_PROGRESS = "in_progress", "In progress"
        IN_FORCE = "in_force", "In force"

    name = models.CharField(max_length=120, help_text="What is done, e.g. Coaching plan from workouts.")
    role = models.CharField("our role", max_length=10, choices=Role.choices, default=Role.CONTROLLER)
    purposes = models.TextField(
        blank=True, help_text="One line each. As a processor: the categories of processing carried out."
    )
    legal_basis = models.CharField(max_length=30, blank=True, choices=vocabulary.basis_choices)
    legitimate_interests = models.CharField(
        max_length=250, blank=True, help_text="Which interest, and where the balancing is kept, e.g. LIA-002."
    )
    article9_condition = models.CharField(
        "condition for special categories", max_length=30, blank=True, choices=vocabulary.condition_choices
    )
    subject_categories = models.JSONField("data subjects", default=list, blank=True)
    data_source = models.CharField(
        "where the data comes from", max_length=200, blank=True, help_text="e.g. from the person, from the wearable."
    )
    automated_decisions = models.BooleanField("decides about people automatically (Art. 22)", default=False)
    security_measures = models.TextField(
        blank=True, help_text="A general description, Art. 32(1): encryption, access, resilience, testing."
    )
    dpia_status = models.CharField("impact assessment", max_length=12, choices=Dpia.choices, default=Dpia.NOT_SCREENED)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    review_date = models.DateField("next review", null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    authors = models.JSONField(default=list, editable=False)

    DRAFT = State.DRAFT
    data_rows: "list[ActivityData]"
    party_rows: "list[ActivityParty]"
    measure_rows: "list[ActivityMeasure]"
    flow_rows: "list[DataFlow]"

    objects = ProcessingActivityQuerySet.as_manager()

    class Meta:
        ordering = ["reference"]
        verbose_name_plural = "processing activities"

    def __str__(self) -> str:
        return f"{self.reference} {self.name}"

    def get_absolute_url(self) -> str:
        if self.project:
            return filled("dataflows:project_activity", self.project.slug, self.reference)
        return filled("dataflows:activity", self.organisation.slug, self.reference)

    @property
    def scope(self) -> Organisation | Project:
        """What its approval belongs to."""
        return self.project or self.organisation

    @property
    def is_controller(self) -> bool:
        return self.role == self.Role.CONTROLLER

    @property
    def subjects(self) -> list[str]:
        return vocabulary.subject_labels(self.subject_categories)

    @property
    def is_special(self) -> bool:
        return any(link.item.is_special for link in self.data_rows)

    @property
    def is_approved(self) -> bool:
        return self.approved_at is not None and self.state != self.State.RETIRED

    def facts(self) -> dict[str, Any]:
        """What an approval binds to: the record's own columns, its data with retention, its parties, its measures."""
        left_out = ("state", "authors", "approved_at", "owner", "review_date")
        return {
            **facts_of(self, leave_out=left_out),
            "data": sorted([str(link.item_id), link.retention] for link in self.data_rows),
            "parties": sorted(str(link.party_id) for link in self.party_rows),
            "measures": sorted(str(link.implementation_id) for link in self.measure_rows),
        }


class ActivityData(ScopedRow):
    """A data item a record covers, and how long it is kept (Art. 30(1)(c) and (f))."""

    activity = models.ForeignKey(ProcessingActivity, on_delete=models.CASCADE, related_name="data")
    item = models.ForeignKey(DataItem, on_delete=models.PROTECT, related_name="activity_links")
    retention = models.CharField(max_length=160, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["activity", "item"]
        constraints = [models.UniqueConstraint(fields=["activity", "item"], name="dataflows_activity_item")]

    def __str__(self) -> str:
        return f"{self.item_id} in {self.activity_id}"


class ActivityParty(ScopedRow):
    """A party of a record: recipient, joint controller or the controller we work for (Art. 30(1)(a), (d); 30(2)(a))."""

    activity = models.ForeignKey(ProcessingActivity, on_delete=models.CASCADE, related_name="parties")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="activity_links")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["activity", "party"]
        constraints = [models.UniqueConstraint(fields=["activity", "party"], name="dataflows_activity_party")]

    def __str__(self) -> str:
        return f"{self.party_id} in {self.activity_id}"


class ActivityMeasure(ScopedRow):
    """A control that protects what a record covers (Art. 30(1)(g), 32(1))."""

    activity = models.ForeignKey(ProcessingActivity, on_delete=models.CASCADE, related_name="measures")
    implementation = models.ForeignKey(Implementation, on_delete=models.PROTECT, related_name="activity_links")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["activity", "implementation"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "implementation"], name="dataflows_activity_measure")
        ]

    def __str__(self) -> str:
        return f"{self.implementation_id} in {self.activity_id}"
