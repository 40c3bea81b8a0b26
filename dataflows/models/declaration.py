"""What a store is told about an app: Google's Data safety form, Apple's privacy label."""

from typing import Any

from django.db import models

from compliance.projects.models import AppTarget
from compliance.ui.addresses import filled
from dataflows.models.told import ADDRESS, Told, ToldQuerySet


class StoreDeclaration(Told):
    """The declaration of one store listing over all its versions, and what no flow can tell about it."""

    reference_prefix = "SL"
    reference_digits = 3
    kind = "declaration"

    class Store(models.TextChoices):
        PLAY = "play", "Google Play, Data safety"
        APPLE = "apple", "App Store, privacy label"

    class Deletion(models.TextChoices):
        YES = "DATA_DELETION_YES", "Yes"
        NO = "DATA_DELETION_NO", "No"
        AUTOMATIC = "DATA_DELETION_NO_AUTO_DELETED", "No, but deleted by itself within 90 days"

    target = models.ForeignKey(
        AppTarget, on_delete=models.PROTECT, related_name="declarations", verbose_name="store listing"
    )
    store = models.CharField(max_length=5, choices=Store)
    account_methods = models.JSONField("how accounts are made", default=list, blank=True)
    account_deletion_url = models.CharField(
        "where an account is deleted", max_length=400, blank=True, validators=[ADDRESS]
    )
    data_deletion = models.CharField("people can ask for deletion", max_length=30, choices=Deletion, blank=True)
    data_deletion_url = models.CharField(
        "where deletion is asked for", max_length=400, blank=True, validators=[ADDRESS]
    )

    objects = ToldQuerySet["StoreDeclaration"].as_manager()

    class Meta:
        ordering = ["reference"]
        constraints = [
            models.UniqueConstraint(
                fields=["target", "store"],
                name="dataflows_declaration_target",
                violation_error_message="This listing has a declaration already: open that one.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return filled("dataflows:declaration", self.project.slug, self.reference)

    @property
    def title(self) -> str:
        """What it is called: the form, and whose."""
        return f"{self.get_store_display()}: {self.target.app_id}"

    @property
    def is_play(self) -> bool:
        return self.store == self.Store.PLAY

    @property
    def file_name(self) -> str:
        """The name stores and tools know the file by."""
        return "data_safety.csv" if self.is_play else "app_privacy_details.json"

    def told(self) -> dict[str, Any]:
        """What an approval of a version binds to of the declaration itself."""
        names = ("reference", "store", "account_methods", "account_deletion_url", "data_deletion", "data_deletion_url")
        return {"target": str(self.target_id), **{name: getattr(self, name) for name in names}}
