"""Personal data taken out of the history on a lawful request; the request itself stays in it for ever."""

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Length

from compliance.ledger.models.tracked import Tracked

ERASED = "[erased]"
REASON_COLUMN = "history_change_reason"
LEAST_REASON = 10  # characters

models.TextField.register_lookup(Length)


class Redaction(Tracked):
    """The values of one field of one record that were erased: who asked for it and on which ground, never the value.

    `field` is a column of the record's history (`history_change_reason` for the reasons given), `history_ids` the
    history rows it was erased from. The database lets exactly these values go, and only in this transaction.
    """

    append_only: ClassVar[bool] = True
    reference_prefix = "RED"
    reference_digits = 3

    class Ground(models.TextChoices):
        """GDPR Art. 17(1), and the other ways a value has no business here."""

        NO_LONGER_NEEDED = "art17_1_a", "Art. 17(1)(a): no longer needed for its purpose"
        CONSENT_WITHDRAWN = "art17_1_b", "Art. 17(1)(b): consent withdrawn"
        OBJECTION = "art17_1_c", "Art. 17(1)(c): objection upheld"
        UNLAWFUL = "art17_1_d", "Art. 17(1)(d): processed unlawfully"
        LEGAL_OBLIGATION = "art17_1_e", "Art. 17(1)(e): a law or authority requires it"
        CHILD = "art17_1_f", "Art. 17(1)(f): collected from a child"
        RECTIFIED = "art16", "Art. 16: it was wrong and has been put right"
        SECRET = "secret", "Not personal: a password, key or other secret was entered"

    stream_key = models.CharField(max_length=64)
    model = models.CharField("kind of record", max_length=80)
    object_id = models.UUIDField("record id")
    subject = models.CharField("record", max_length=32, blank=True)
    field = models.CharField(max_length=80)
    ground = models.CharField(max_length=12, choices=Ground.choices)
    reason = models.TextField()
    history_ids = models.JSONField("history rows", default=list)

    class Meta:
        ordering = ["-reference"]
        constraints = [
            models.CheckConstraint(condition=models.Q(reason__length__gte=LEAST_REASON), name="ledger_redaction_reason")
        ]
        indexes = [models.Index(fields=["model", "object_id"], name="ledger_redaction_record")]

    def __str__(self) -> str:
        return f"{self.reference}: {self.field_label} of {self.subject or self.model}"

    @property
    def stream(self) -> str:
        return self.stream_key

    @property
    def field_label(self) -> str:
        """The field as people read it."""
        if self.field == REASON_COLUMN:
            return "reason given"
        from django.apps import apps

        return str(apps.get_model(self.model)._meta.get_field(self.field).verbose_name)


def erasable_fields(model: Any) -> list[str]:
    """The columns of a model's history whose values can be erased: its text, and the reasons given.

    Choices, keys, hashes, references and slugs hold nobody's data and stay; so do JSON and files.
    """
    found = []
    for field in model.history.model.tracked_fields:
        is_text = isinstance(field, models.CharField | models.TextField) and not isinstance(field, models.SlugField)
        fits = field.max_length is None or field.max_length >= len(ERASED)
        named = field.name == "reference" or field.name.endswith(("sha256", "_key"))
        if is_text and fits and not field.choices and not field.is_relation and not field.primary_key and not named:
            found.append(field.attname)
    return [*found, REASON_COLUMN]
