"""Samples: a population that is frozen, a draw anybody can repeat, and what each item turned out to be."""

from django.conf import settings
from django.db import models

from compliance.files.models import Blob
from compliance.projects.models import ScopedRow
from controls.addresses import address

from .control_test import ControlTest
from .evidence import Evidence, EvidenceVersion


class Draw(models.TextChoices):
    """How items are chosen."""

    RANDOM = "random_seeded", "At random, from a seed"
    SYSTEMATIC = "systematic", "Every n-th, from a seeded start"
    STRATIFIED = "stratified", "At random within groups"
    JUDGEMENT = "judgement", "By judgement"
    ALL = "all", "All of them"


class Verdict(models.TextChoices):
    PENDING = "pending", "Not examined yet"
    CONFORMS = "conforms", "Conforms"
    EXCEPTION = "exception", "Exception"
    NOT_APPLICABLE = "not_applicable", "Does not belong here"


class Sample(ScopedRow):
    """A frozen population and the one sample drawn from it (ISO 19011 A.6; ISO/IEC 17021-1 9.4).

    The population is a text file, one item a line, stored under its hash: `population_id` is the SHA-256 of exactly the
    bytes the draw was made from. `test` may be empty where another room (an audit) keeps the sample.
    """

    reference_prefix = "SM"
    reference_digits = 3

    test = models.ForeignKey(ControlTest, on_delete=models.PROTECT, related_name="samples", null=True, blank=True)
    population_source = models.CharField(
        "what the list holds, and whence", max_length=300, help_text="System, query, moment it was taken."
    )
    population = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    population_count = models.PositiveIntegerField("items in the population")
    header = models.TextField("column names", blank=True)
    source_version = models.ForeignKey(
        EvidenceVersion, on_delete=models.PROTECT, related_name="samples", null=True, blank=True
    )
    period_start = models.DateField("period from", null=True, blank=True)
    period_end = models.DateField("period to", null=True, blank=True)
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField()
    draw = models.CharField("how it is drawn", max_length=14, choices=Draw, blank=True)
    stratum = models.CharField("column of the groups", max_length=80, blank=True)
    size = models.PositiveIntegerField(null=True, blank=True)
    seed = models.CharField(max_length=64, blank=True)
    algorithm = models.CharField(max_length=16, blank=True)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    drawn_at = models.DateTimeField(null=True, blank=True)
    extrapolation = models.TextField("what it says about the rest", blank=True)

    class Meta:
        ordering = ["reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.population_source}"

    def get_absolute_url(self) -> str:
        return address(self.project or self.organisation, "sample", self.reference)

    @property
    def is_drawn(self) -> bool:
        return self.drawn_at is not None


class SampleItem(ScopedRow):
    """One item of a sample: the line of the population it is, and what the tester found."""

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField("line of the population", help_text="Counted from 1.")
    text = models.TextField("item")
    verdict = models.CharField(max_length=14, choices=Verdict, default=Verdict.PENDING)
    note = models.TextField(blank=True)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="sample_items", null=True, blank=True)
    examined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["sample", "position"], name="controls_sample_item")]

    def __str__(self) -> str:
        return f"{self.sample.reference} line {self.position}"
