"""Retention rules, as a spreadsheet."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from compliance.accounts.models import User
from compliance.exchange.cells import Choice, Day, Number, One, Text
from compliance.exchange.registry import Column, Sheet, sheet
from compliance.projects.models import Organisation
from controls.addresses import split
from controls.sheets import names
from dataflows.forms import RuleForm
from dataflows.models import DataItem, RetentionRule, System
from dataflows.services import add_rule, change_rule
from dataflows.sheets.inventory import CATEGORIES, given

FIELDS = RuleForm.Meta.fields


@sheet
class RetentionSheet(Sheet):
    """How long data is kept, why, and how it goes."""

    key, title, noun, kind, order = "retention-rules", "Retention rules", "retention rule", "flow", 72
    intro = "Adds retention rules and changes them; records that name a changed rule are to be approved again."
    in_projects = False
    columns = (
        Column("reference", "Reference", help="RR-001. Empty for a new rule."),
        Column("name", "Rule", Text(100), required=True),
        Column("item", "Data", One(source="items", named="name"), help="One kind of data, or a category."),
        Column("category", "Category", Choice(choices=CATEGORIES), help="A whole category, instead of one kind."),
        Column("system", "System", One(source="systems", named="name"), help="Empty for every place it is kept."),
        Column("trigger", "Counted from", Choice(choices=RetentionRule.Trigger.choices), required=True),
        Column("period", "Period", Number(limit=10_000), required=True, help="0 when it goes at once."),
        Column("unit", "Unit", Choice(choices=RetentionRule.Unit.choices), required=True),
        Column("basis", "Why so long", Text(250)),
        Column("method", "How it goes", Choice(choices=RetentionRule.Method.choices), required=True),
        Column("backup_lag_days", "Days until gone from backups", Number(limit=10_000)),
        Column("every_days", "Days between runs", Number(limit=10_000), help="Empty when the system does it."),
        Column("owner", "Owner", One(source="people", named="email"), help="Mail address."),
        Column("review_date", "Next review", Day(), help="2026-11-22."),
        Column("last_run_date", "Last run", Day(), fixed=True),
        Column("gone_by_date", "Oldest has to go by", Day(), fixed=True),
    )

    @property
    def organisation(self) -> Organisation:
        return split(self.scope)[0]

    @cached_property
    def known(self) -> dict[str, Any]:
        items = DataItem.objects.in_organisation(self.organisation)
        systems = System.objects.in_organisation(self.organisation).running()
        return {
            "people": names.people(self.scope),
            "items": {row.name.casefold(): row for row in items},
            "systems": {row.name.casefold(): row for row in systems},
        }

    def records(self, only: str = "") -> Iterable[RetentionRule]:
        rows = RetentionRule.objects.in_force().in_organisation(self.organisation)
        return rows.select_related("organisation", "item", "system", "owner").order_by("reference")

    def values(self, record: RetentionRule) -> dict[str, Any]:
        return {name: getattr(record, name) for name in ("reference", *FIELDS, "last_run_date", "gone_by_date")}

    def check(self, record: RetentionRule | None, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        if (values["item"] is None) == (not values["category"]):
            yield "item", "Name one kind of data or one category, not both."

    def add(self, values: dict[str, Any], *, by: User, reason: str) -> RetentionRule:
        return add_rule(organisation=self.organisation, by=by, reason=reason, **given(values, FIELDS))

    def change(self, record: RetentionRule, values: dict[str, Any], *, by: User, reason: str) -> None:
        fields = {**values}
        if fields.get("backup_lag_days", 0) is None:
            fields["backup_lag_days"] = 0
        change_rule(rule=record, by=by, reason=reason, **fields)
