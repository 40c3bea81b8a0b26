"""Crosswalks: which requirement of one edition answers to which of another, on whose word."""

from collections import Counter
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Count, Q

from compliance.ledger.models import TrackedQuerySet
from compliance.projects.models import ScopedRow

from .catalogue import Edition, Requirement, Sourced


class Relation(models.TextChoices):
    """Read "from RELATION to"."""

    EQUAL = "equal", "equals"
    SUBSET = "subset", "is part of"
    SUPERSET = "superset", "includes"
    INTERSECTS = "intersects", "overlaps with"


INVERSE = {
    Relation.EQUAL: Relation.EQUAL,
    Relation.SUBSET: Relation.SUPERSET,
    Relation.SUPERSET: Relation.SUBSET,
    Relation.INTERSECTS: Relation.INTERSECTS,
}


class CrosswalkQuerySet(TrackedQuerySet["Crosswalk"]):
    def with_counts(self) -> Self:
        """Add `pair_count`, of the pairs in force."""
        counted = self.annotate(pair_count=Count("mappings", filter=Q(mappings__retired_at__isnull=True)))
        return counted.order_by("title")


class Crosswalk(Sourced):
    """A set of pairs with one origin; its source, provenance and confidence hold unless a pair says otherwise."""

    key = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=170)
    note = models.TextField(blank=True)
    licence = models.TextField()

    objects = CrosswalkQuerySet.as_manager()

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.title


class MappingQuerySet(TrackedQuerySet["Mapping"]):
    def live(self) -> Self:
        """Pairs still carried, between requirements still carried."""
        return self.filter(
            retired_at__isnull=True,
            from_requirement__retired_at__isnull=True,
            to_requirement__retired_at__isnull=True,
        )

    def touching(self, requirement: Requirement) -> Self:
        return self.filter(Q(from_requirement=requirement) | Q(to_requirement=requirement))

    def between(self, one: Edition, other: Edition) -> Self:
        """Pairs between two editions, whichever way they were written."""
        return self.filter(
            Q(from_requirement__edition=one, to_requirement__edition=other)
            | Q(from_requirement__edition=other, to_requirement__edition=one)
        )

    def pair_counts(self, edition: Edition) -> Counter[UUID]:
        """How many pairs each requirement of an edition is in, by its key. Two queries."""
        counts: Counter[UUID] = Counter()
        for end in ("from_requirement", "to_requirement"):
            counts.update(self.live().filter(**{f"{end}__edition": edition}).values_list(end, flat=True))
        return counts

    def with_ends(self) -> Self:
        return self.select_related("crosswalk", "from_requirement__edition", "to_requirement__edition")


class Mapping(Sourced):
    """One pair of a crosswalk, such as MASVS-CRYPTO-1 is part of A.8.24."""

    crosswalk = models.ForeignKey(Crosswalk, on_delete=models.PROTECT, related_name="mappings")
    from_requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="mappings_from")
    to_requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="mappings_to")
    relation = models.CharField(max_length=12, choices=Relation)
    disputed = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = MappingQuerySet.as_manager()

    class Meta:
        ordering = ["crosswalk", "from_requirement__position", "to_requirement__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["crosswalk", "from_requirement", "to_requirement"], name="pair_once_per_crosswalk"
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_requirement.ref} {self.get_relation_display()} {self.to_requirement.ref}"


class CoverageConfirmation(ScopedRow):
    """That somebody looked at a pair and found a requirement met through it (ISO 27001 6.1.3 c: compare and verify)."""

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="+")
    mapping = models.ForeignKey(Mapping, on_delete=models.PROTECT, related_name="confirmations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "requirement"],
                condition=Q(project__isnull=False),
                name="controls_confirmation_project",
            ),
            models.UniqueConstraint(
                fields=["organisation", "requirement"],
                condition=Q(project__isnull=True),
                name="controls_confirmation_organisation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement.ref} met through {self.mapping}"
