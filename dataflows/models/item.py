"""The inventory of personal data."""

from django.db import models
from django.urls import reverse

from compliance.projects.models import OrganisationRow, ScopedQuerySet
from dataflows import vocabulary


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
    description = models.CharField(max_length=250, blank=True)

    objects = ScopedQuerySet.as_manager()

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
    def category_label(self) -> str:
        known = vocabulary.categories().get(self.category)
        return known.label if known else self.category
