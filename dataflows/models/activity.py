"""Records of processing activities (GDPR Art. 30; ISO/IEC 27701 A.7.2.8, B.8.2.6)."""

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
from dataflows.models.balancing import InterestAssessment
from dataflows.models.item import DataItem
from dataflows.models.party import Party
from dataflows.models.retention import RetentionRule
from dataflows.models.system import System

if TYPE_CHECKING:
    from compliance.accounts.models import User
    from dataflows.models.flow import DataFlow


class ProcessingActivityQuerySet(ScopedQuerySet["ProcessingActivity"]):
    """Questions about records of processing."""

    def complete(self) -> "ProcessingActivityQuerySet":
        """With its rows (`purpose_rows`, `data_rows`, `flow_rows` …), which every question about a record needs."""
        from dataflows.models.flow import DataFlow  # the flow knows its activity, not the other way round

        return (
            self.prefetch_related(None)
            .select_related("organisation", "project", "owner")
            .prefetch_related(
                Prefetch(
                    "purpose_set",
                    ActivityPurpose.objects.select_related("balancing").order_by("position"),
                    to_attr="purpose_rows",
                ),
                Prefetch(
                    "data",
                    ActivityData.objects.select_related("item", "rule").order_by("item__name"),
                    to_attr="data_rows",
                ),
                Prefetch(
                    "systems",
                    ActivitySystem.objects.select_related("system__operator").order_by("system__name"),
                    to_attr="system_rows",
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
        JOINT_CONTROLLER = "joint_controller", "Joint controller"
        PROCESSOR = "processor", "Processor"
        SUB_PROCESSOR = "sub_processor", "Sub-processor"

    class Volume(models.TextChoices):
        FEW = "few", "Below 1,000 people"
        THOUSANDS = "thousands", "1,000 to 10,000 people"
        MANY = "many", "10,000 to 100,000 people"
        LARGE = "large", "100,000 to 1 million people"
        MASS = "mass", "More than 1 million people"

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

    AS_CONTROLLER = (Role.CONTROLLER, Role.JOINT_CONTROLLER)

    name = models.CharField(max_length=120, help_text="What is done, e.g. Coaching plan from workouts.")
    role = models.CharField("our role", max_length=16, choices=Role.choices, default=Role.CONTROLLER)
    joint_arrangement = models.TextField(
        "arrangement between joint controllers",
        blank=True,
        help_text="As joint controller: who answers people and informs them, and where the arrangement is (Art. 26).",
    )
    volume = models.CharField("how many people", max_length=10, blank=True, choices=Volume.choices)
    subject_categories = models.JSONField("data subjects", default=list, blank=True)
    data_source = models.CharField(
        "where the data comes from", max_length=200, blank=True, help_text="e.g. from the person, from the wearable."
    )
    automated_decisions = models.BooleanField("decides about people automatically (Art. 22)", default=False)
    security_measures = models.TextField(
        blank=True, help_text="A general description, Art. 32(1): encryption, access, resilience, testing."
    )
    dpia_status = models.CharField(
        "impact assessment", max_length=12, choices=Dpia.choices, default=Dpia.NOT_SCREENED, editable=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    review_date = models.DateField("next review", null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    authors = models.JSONField(default=list, editable=False)

    DRAFT = State.DRAFT
    purpose_rows: "list[ActivityPurpose]"
    data_rows: "list[ActivityData]"
    system_rows: "list[ActivitySystem]"
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
        """Whether Art. 30(1) asks for the record, alone or jointly with others."""
        return self.role in self.AS_CONTROLLER

    @property
    def subjects(self) -> list[str]:
        return vocabulary.subject_labels(self.subject_categories)

    @property
    def purposes(self) -> list[str]:
        """What it is done for, each once; as a processor, the categories of processing."""
        return list(dict.fromkeys(row.text for row in self.purpose_rows if row.text.strip()))

    @property
    def bases(self) -> list[str]:
        """The legal bases its purposes rest on, each once, in words."""
        return list(dict.fromkeys(row.get_legal_basis_display() for row in self.purpose_rows if row.legal_basis))

    @property
    def conditions(self) -> list[str]:
        """The conditions for special categories, each once, in words."""
        named = (row.get_article9_condition_display() for row in self.purpose_rows if row.article9_condition)
        return list(dict.fromkeys(named))

    @property
    def named_systems(self) -> list[System]:
        """Those the record names and those its flows pass, each once, by name."""
        found = {link.system_id: link.system for link in self.system_rows}
        found |= {node.system.pk: node.system for flow in self.flow_rows for node in flow.nodes if node.system}
        return sorted(found.values(), key=lambda system: system.name)

    @property
    def is_criminal(self) -> bool:
        return any(link.item.is_criminal for link in self.data_rows)

    @property
    def is_special(self) -> bool:
        return any(link.item.is_special for link in self.data_rows)

    @property
    def is_approved(self) -> bool:
        return self.approved_at is not None and self.state != self.State.RETIRED

    def facts(self) -> dict[str, Any]:
        """What an approval binds to: the record's own columns, purposes, data with time limits, parties, measures.

        The state of its impact assessment follows from elsewhere and is approved there.
        """
        left_out = ("state", "authors", "approved_at", "owner", "review_date", "dpia_status")
        return {
            **facts_of(self, leave_out=left_out),
            "purposes": [row.facts() for row in self.purpose_rows],
            "data": sorted([str(link.item_id), link.limit] for link in self.data_rows),
            "systems": sorted(str(link.system_id) for link in self.system_rows),
            "parties": sorted(str(link.party_id) for link in self.party_rows),
            "measures": sorted(str(link.implementation_id) for link in self.measure_rows),
        }


class ActivityPurpose(ScopedRow):
    """A purpose of a record for one category of data subjects, and the basis it rests on (Art. 6, 9, 10)."""

    class Device(models.TextChoices):
        NECESSARY = "necessary", "Strictly necessary for the service"
        CONSENT = "consent", "With consent"

    activity = models.ForeignKey(ProcessingActivity, on_delete=models.CASCADE, related_name="purpose_set")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=250, blank=True)
    subject = models.CharField("data subjects", max_length=30, blank=True, choices=vocabulary.subject_choices)
    legal_basis = models.CharField(max_length=30, blank=True, choices=vocabulary.basis_choices)
    law = models.CharField(max_length=160, blank=True)
    article9_condition = models.CharField(
        "condition for special categories", max_length=30, blank=True, choices=vocabulary.condition_choices
    )
    article10_law = models.CharField("law that allows data on offences", max_length=160, blank=True)
    eprivacy = models.CharField("reads or writes on the device", max_length=10, blank=True, choices=Device.choices)
    balancing = models.ForeignKey(
        InterestAssessment, on_delete=models.PROTECT, related_name="purpose_links", null=True, blank=True
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["activity", "position"]
        constraints = [models.UniqueConstraint(fields=["activity", "position"], name="dataflows_purpose_position")]

    def __str__(self) -> str:
        return self.text

    @property
    def people(self) -> str:
        return str(self.get_subject_display()) if self.subject else "Everybody"

    @property
    def rests_on(self) -> str:
        """Basis, law, balancing, conditions and the device in one line."""
        found = [self.get_legal_basis_display() or "no legal basis"]
        found += [text for text in (self.law, self.balancing.reference if self.balancing else "") if text]
        found += [text for text in (self.get_article9_condition_display(), self.article10_law) if text]
        if self.eprivacy:
            found.append(f"device: {self.get_eprivacy_display().lower()}")
        return "; ".join(found)

    def facts(self) -> list[str]:
        """All that is said of the purpose."""
        said = (self.text, self.subject, self.legal_basis, self.law, self.article9_condition, self.article10_law)
        return [*said, self.eprivacy, str(self.balancing_id or "")]


class ActivityData(ScopedRow):
    """A data item a record covers, and how long it is kept (Art. 30(1)(c) and (f)): by a rule, or in words."""

    activity = models.ForeignKey(ProcessingActivity, on_delete=models.CASCADE, related_name="data")
    item = models.ForeignKey(DataItem, on_delete=models.PROTECT, related_name="activity_links")
    rule = models.ForeignKey(
        RetentionRule, on_delete=models.PROTECT, related_name="activity_links", null=True, blank=True
    )
    retention = models.CharField(max_length=160, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["activity", "item"]
        constraints = [models.UniqueConstraint(fields=["activity", "item"], name="dataflows_activity_item")]

    def __str__(self) -> str:
        return f"{self.item_id} in {self.activity_id}"

    @property
    def limit(self) -> str:
        """The time limit in words; empty when nobody has said."""
        return f"{self.rule.said} ({self.rule.reference})" if self.rule else self.retention


class ActivitySystem(ScopedRow):
    """A system a record's data is in, besides those its flows pass."""

    activity = models.ForeignKey(ProcessingActivity, on_delete=models.CASCADE, related_name="systems")
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="activity_links")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["activity", "system"]
        constraints = [models.UniqueConstraint(fields=["activity", "system"], name="dataflows_activity_system")]

    def __str__(self) -> str:
        return f"{self.system_id} in {self.activity_id}"


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
