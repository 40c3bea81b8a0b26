"""Threat models: what an app consists of, what could go wrong with each part, and what is done about it."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models

from compliance.projects.models import Project, ProjectRow, Release, ScopedQuerySet
from compliance.registers.models import RegisterRow
from compliance.ui.addresses import filled
from controls.models import Implementation
from dataflows.models import DataFlow, Node
from risks.models.register import Risk
from risks.scales import threats
from risks.threat_vocabulary import categories, kind_choices, kinds


class ThreatModelState(models.TextChoices):
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    APPROVED = "approved", "Approved"
    SUPERSEDED = "superseded", "Superseded"


_S = ThreatModelState
THREAT_MODEL_MOVES: dict[str, frozenset[str]] = {
    _S.DRAFT: frozenset({_S.IN_REVIEW}),
    _S.IN_REVIEW: frozenset({_S.DRAFT, _S.APPROVED}),
    _S.APPROVED: frozenset({_S.SUPERSEDED}),
    _S.SUPERSEDED: frozenset(),
}


class ThreatMethod(models.TextChoices):
    STRIDE = "stride", "STRIDE"
    LINDDUN = "linddun", "LINDDUN"
    BOTH = "both", "STRIDE and LINDDUN"


def key() -> str:
    """What an element or a threat keeps over all versions of its model."""
    return str(uuid4())


class ThreatModel(ProjectRow):
    """One version of a project's threat model, valid for a range of releases (ISO/IEC 27001 A.8.25, A.8.27)."""

    reference_prefix = "TM"
    reference_digits = 3

    title = models.CharField(max_length=120, help_text="What it covers, e.g. the app and its API.")
    number = models.PositiveSmallIntegerField("model version", default=1, editable=False)
    previous = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="later", null=True, blank=True, editable=False
    )
    description = models.TextField("scope", blank=True, help_text="What is inside, what is left out, and why.")
    method = models.CharField(max_length=8, choices=ThreatMethod.choices, default=ThreatMethod.BOTH)
    participants = models.CharField(max_length=300, blank=True, help_text="Who took part, by name or role.")
    from_release = models.ForeignKey(
        Release, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="valid from release"
    )
    to_release = models.ForeignKey(
        Release, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="valid to release"
    )
    surface = models.JSONField("attack surface", default=dict, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    state = models.CharField(
        max_length=10, choices=ThreatModelState.choices, default=ThreatModelState.DRAFT, editable=False
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    snapshot_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    review_date = models.DateField("review due", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}, version {self.number}"

    def get_absolute_url(self) -> str:
        return filled("risks:threat_model", self.project.slug, self.reference)

    @property
    def scope(self) -> Project:
        return self.project

    @property
    def is_draft(self) -> bool:
        return self.state == ThreatModelState.DRAFT

    @property
    def releases(self) -> str:
        """The range of releases in words."""
        first = self.from_release.name if self.from_release else ""
        last = self.to_release.name if self.to_release else ""
        if first and last:
            return first if first == last else f"{first} to {last}"
        return f"from {first}" if first else f"up to {last}" if last else "every release"


class Assumption(ProjectRow):
    """What a threat model takes for granted, and who answers for it."""

    threat_model = models.ForeignKey(ThreatModel, on_delete=models.CASCADE, related_name="assumptions")
    text = models.CharField("what is assumed", max_length=300)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["text"]

    def __str__(self) -> str:
        return self.text


class ThreatElement(ProjectRow):
    """A part of the diagram: somebody outside, a process, a store, a flow between two of them, a trust boundary."""

    reference_prefix = "EL"
    reference_digits = 3

    class Shape(models.TextChoices):
        ACTOR = "actor", "Somebody outside"
        PROCESS = "process", "Process"
        STORE = "store", "Store"
        FLOW = "flow", "Flow"
        BOUNDARY = "boundary", "Trust boundary"

    threat_model = models.ForeignKey(ThreatModel, on_delete=models.CASCADE, related_name="elements")
    key = models.CharField(max_length=60, default=key, editable=False)
    shape = models.CharField(max_length=8, choices=Shape.choices)
    kind = models.CharField(max_length=20, blank=True, choices=kind_choices)
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    inside = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="parts", null=True, blank=True, verbose_name="inside of"
    )
    source = models.ForeignKey(
        "self", on_delete=models.CASCADE, related_name="leaving", null=True, blank=True, verbose_name="from"
    )
    target = models.ForeignKey(
        "self", on_delete=models.CASCADE, related_name="entering", null=True, blank=True, verbose_name="to"
    )
    both_ways = models.BooleanField("goes both ways", default=False)
    protocol = models.CharField(max_length=60, blank=True)
    encrypted = models.BooleanField(default=False)
    public_network = models.BooleanField("over a public network", default=False)
    personal_data = models.BooleanField("touches personal data", default=False)
    out_of_scope = models.BooleanField(default=False)
    out_because = models.CharField("out of scope because", max_length=200, blank=True)
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False)
    flow = models.ForeignKey(
        DataFlow, on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["reference"]
        constraints = [models.UniqueConstraint(fields=["threat_model", "key"], name="risks_element_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def rank(self) -> int:
        """How far from the people it stands, 0 to 6."""
        by_shape = {"actor": 6, "process": 4, "store": 5}
        return int(kinds()[self.kind]["rank"]) if self.kind in kinds() else by_shape.get(self.shape, 4)

    @property
    def kind_name(self) -> str:
        return str(kinds()[self.kind]["label"]) if self.kind in kinds() else self.get_shape_display()


class ThreatStatus(models.TextChoices):
    OPEN = "open", "Open"
    MITIGATED = "mitigated", "Mitigated"
    ACCEPTED = "accepted", "Accepted"
    TRANSFERRED = "transferred", "Transferred"
    NOT_APPLICABLE = "not_applicable", "Not applicable"


NEEDS_RISK = (ThreatStatus.OPEN, ThreatStatus.ACCEPTED)


class Grade(models.TextChoices):
    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"


LEVELS = {2: "low", 3: "medium", 4: "medium", 5: "high", 6: "critical"}
GRADES = {"low": 1, "medium": 2, "high": 3}


class Threat(ProjectRow):
    """What could go wrong with one element, and what stands against it."""

    reference_prefix = "TH"
    reference_digits = 3

    threat_model = models.ForeignKey(ThreatModel, on_delete=models.CASCADE, related_name="threats")
    element = models.ForeignKey(ThreatElement, on_delete=models.CASCADE, related_name="threats")
    key = models.CharField(max_length=60, default=key, editable=False)
    library = models.CharField("from the library", max_length=4, blank=True)
    category = models.CharField(max_length=24)
    title = models.CharField(max_length=160)
    description = models.TextField(blank=True, help_text="Who does what, and what comes of it.")
    preconditions = models.CharField(max_length=300, blank=True, help_text="What has to be so for it to work.")
    likelihood = models.CharField(max_length=8, choices=Grade.choices, default=Grade.MEDIUM)
    impact = models.CharField(max_length=8, choices=Grade.choices, default=Grade.MEDIUM)
    status = models.CharField(max_length=16, choices=ThreatStatus.choices, default=ThreatStatus.OPEN)
    mitigation = models.TextField(blank=True, help_text="What stands against it, in the app and around it.")
    masvs = models.CharField("MASVS", max_length=120, blank=True, help_text="MASVS-STORAGE-1, MASVS-CRYPTO-2")
    test = models.CharField("how it is tested", max_length=200, blank=True)
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="threats", null=True, blank=True)
    detection = models.ForeignKey(
        RegisterRow,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="detection use case",
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["reference"]
        constraints = [models.UniqueConstraint(fields=["threat_model", "key"], name="risks_threat_once")]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return filled("risks:threat", self.project.slug, self.threat_model.reference, self.reference)

    @property
    def category_name(self) -> str:
        return categories().get(self.category, self.category)

    @property
    def level(self) -> str:
        """From likelihood and impact; for sorting what to talk about first, it is no risk level."""
        return LEVELS[GRADES[self.likelihood] + GRADES[self.impact]]

    @property
    def needs_risk(self) -> bool:
        """Whether it stands open or was accepted, and no risk says who lives with that."""
        return self.status in NEEDS_RISK and self.risk_id is None

    @property
    def from_library(self) -> dict[str, Any]:
        return threats().get(self.library, {})


class ThreatControl(ProjectRow):
    """That a control at work stands against a threat."""

    threat = models.ForeignKey(Threat, on_delete=models.CASCADE, related_name="controls")
    implementation = models.ForeignKey(Implementation, on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["implementation__reference"]
        constraints = [models.UniqueConstraint(fields=["threat", "implementation"], name="risks_threat_control")]

    def __str__(self) -> str:
        return f"{self.implementation_id} against {self.threat_id}"
