"""The inventory of personal data."""

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from compliance.projects.models import OrganisationRow, ScopedQuerySet
from controls.models import Classification
from dataflows import vocabulary


class DataItemQuerySet(ScopedQuerySet["DataItem"]):
    """Questions about data."""

    def without_rule(self) -> Any:
        """Those no retention rule in force is about, neither itself nor its category."""
        from dataflows.models.retention import RetentionRule  # a rule knows its data, not the other way round

        rules = RetentionRule.objects.in_force().filter(organisation=OuterRef("organisation"))
        return self.exclude(Exists(rules.filter(Q(item=OuterRef("pk")) | Q(category=OuterRef("category")))))


class DataItem(OrganisationRow):
    """A kind of data as the organisation calls it, e.g. heart rate, in one canonical category."""

    reference_prefix = "DI"
    reference_digits = 3

    name = models.CharField(max_length=80, help_text="As your team calls it, e.g. heart rate.")
    category = models.CharField(max_length=30, choices=vocabulary.category_choices)
    special = models.BooleanField(
        "special category (GDPR Art. 9)",
        default=False,
        help_text="Some categories always are; tick it when this item reveals health, belief or the like.",
    )
    classification = models.CharField(
        max_length=12, choices=Classification, default=Classification.CONFIDENTIAL, help_text="How it is to be handled."
    )
    children = models.BooleanField(
        "data of children", default=False, help_text="Tick it when this item is collected from or about minors."
    )
    description = models.CharField(max_length=250, blank=True)

    objects = DataItemQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                name="dataflows_item_name",
                violation_error_message="There is a data item of this name already: use that one.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("dataflows:item", args=[self.organisation.slug, self.reference])

    @property
    def is_special(self) -> bool:
        """Whether GDPR Art. 9 protects it, by its category or by itself."""
        known = vocabulary.categories().get(self.category)
        return self.special or (known is not None and known.special)

    @property
    def is_criminal(self) -> bool:
        """Whether GDPR Art. 10 asks for more: offences and convictions."""
        return self.category == "criminal"

    @property
    def category_label(self) -> str:
        known = vocabulary.categories().get(self.category)
        return known.label if known else self.category
