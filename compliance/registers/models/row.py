"""One table for every declared register: typed columns, so that history, the past and erasure work field by field."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from compliance.projects.models import ScopedQuerySet, ScopedRow
from compliance.registers.declaration import RegisterType, register_types
from compliance.ui.addresses import filled

EXPIRING_DAYS = 30


def person() -> Any:
    """A person with an account, or nobody."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )


class RegisterRowQuerySet(ScopedQuerySet["RegisterRow"]):
    """Questions about rows of one register."""

    def of(self, declared: RegisterType) -> "RegisterRowQuerySet":
        return self.filter(register=declared.key)

    def live(self) -> "RegisterRowQuerySet":
        return self.filter(retired_date__isnull=True)


class RegisterRow(ScopedRow):
    """A line of the register `register` names; its declaration says what each column means there.

    Columns are typed instead of one JSON field: each change of a field is a line of the history, and text can be
    erased on request (JSON cannot).
    """

    personal_fields: ClassVar[frozenset[str]] = frozenset({"who"})

    register = models.SlugField(max_length=40, db_index=False)
    title = models.CharField(max_length=300)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, related_name="children", null=True, blank=True)
    owner = person()
    who = models.CharField("name of the person", max_length=160, blank=True)
    text_1 = models.TextField(blank=True)
    text_2 = models.TextField(blank=True)
    text_3 = models.TextField(blank=True)
    text_4 = models.TextField(blank=True)
    text_5 = models.TextField(blank=True)
    text_6 = models.TextField(blank=True)
    text_7 = models.TextField(blank=True)
    text_8 = models.TextField(blank=True)
    choice_1 = models.CharField(max_length=40, blank=True)
    choice_2 = models.CharField(max_length=40, blank=True)
    choice_3 = models.CharField(max_length=40, blank=True)
    choice_4 = models.CharField(max_length=40, blank=True)
    choice_5 = models.CharField(max_length=40, blank=True)
    choice_6 = models.CharField(max_length=40, blank=True)
    day_1 = models.DateField(null=True, blank=True)
    day_2 = models.DateField(null=True, blank=True)
    day_3 = models.DateField(null=True, blank=True)
    day_4 = models.DateField(null=True, blank=True)
    number_1 = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    number_2 = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    number_3 = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    number_4 = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    number_5 = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    number_6 = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    person_1 = person()
    person_2 = person()
    review_date = models.DateField("next review", null=True, blank=True)
    reviewed_date = models.DateField("last reviewed", null=True, blank=True)
    reviewed_by = person()
    retired_date = models.DateField("retired on", null=True, blank=True)

    objects = RegisterRowQuerySet.as_manager()

    class Meta:
        ordering = ["reference"]
        verbose_name = "register line"
        indexes = [models.Index(fields=["organisation", "register"], name="registers_row_register")]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def prefix(self) -> str:
        return self.declared.prefix

    @property
    def declared(self) -> RegisterType:
        """The register the row stands in."""
        return register_types[self.register]

    def get_absolute_url(self) -> str:
        if self.project_id and self.project is not None:
            return filled("registers:project_row", self.project.slug, self.register, self.reference)
        return filled("registers:row", self.organisation.slug, self.register, self.reference)

    def value(self, key: str) -> Any:
        """What the row says in a field of its register, as it is stored."""
        return getattr(self, self.declared.by_key[key].column)

    def said(self, key: str) -> Any:
        """What the row says in a field, as people read it: choices in words, numbers without idle zeros."""
        field = self.declared.by_key[key]
        value = getattr(self, field.column)
        if field.kind == "choice":
            return field.worded(value)
        return plain(value) if field.kind == "number" else value

    @property
    def doubts(self) -> list[str]:
        """What speaks against the line as it stands, a sentence each."""
        return self.declared.doubts(self) if self.declared.doubts and not self.retired_date else []

    def standing_on(self, day: date) -> str:
        """Where the row stands on a day: retired, expired, review overdue, review due, expiring or current."""
        if self.retired_date:
            return "retired"
        dues = [
            value
            for field in self.declared.fields
            if field.due and field.ends and (value := getattr(self, field.column))
        ]
        if any(due < day for due in dues):
            return "expired"
        if self.review_date and self.review_date < day:
            return "review_overdue"
        soon = day + timedelta(days=EXPIRING_DAYS)
        if any(due <= soon for due in dues):
            return "expiring"
        return "review_due" if self.review_date and self.review_date <= soon else "current"

    @classmethod
    def told_field(cls, field: Any, said: Any) -> tuple[str, dict[str, str]]:
        """History tells a column by the label its register gives it."""
        declared = register_types.get(said("register"))
        if declared is not None and field.name == "title":
            return declared.main, {}
        if declared is not None and field.name == "owner":
            return declared.owner, {}
        known = declared.by_column.get(field.name) if declared else None
        return (known.label, dict(known.choices)) if known else super().told_field(field, said)


def plain(value: Decimal | None) -> Decimal | None:
    """A number as it was written: 95, not 95.0000."""
    if value is None:
        return None
    whole = value.to_integral_value()
    return whole if value == whole else value.normalize()


class RowLink(ScopedRow):
    """That a row is about, or shown by, a record of a room above: named by kind and id, as approvals name theirs."""

    row = models.ForeignKey(RegisterRow, on_delete=models.PROTECT, related_name="links")
    target = models.SlugField("kind of record", max_length=40, db_index=False)
    target_id = models.UUIDField("record")
    target_reference = models.CharField(max_length=80)

    class Meta:
        ordering = ["target", "target_reference"]
        verbose_name = "register link"
        constraints = [models.UniqueConstraint(fields=["row", "target", "target_id"], name="registers_link_once")]

    def __str__(self) -> str:
        return f"{self.row} – {self.target_reference}"
