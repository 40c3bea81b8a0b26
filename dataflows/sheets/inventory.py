"""Kinds of data and systems, as spreadsheets."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from compliance.accounts.models import User
from compliance.exchange.cells import Choice, Flag, One, Text
from compliance.exchange.registry import Column, Sheet, sheet
from compliance.projects.models import Organisation
from controls.addresses import split
from controls.models import Classification
from controls.sheets import names
from dataflows import vocabulary
from dataflows.forms import SystemForm
from dataflows.models import DataItem, Party, System
from dataflows.services import add_item, add_system, change_item, change_system

CATEGORIES = tuple((row.code, row.label) for row in vocabulary.categories().values())


class Named(Sheet):
    """A list of the organisation whose records have a name of their own."""

    in_projects = False
    kind = "flow"

    @property
    def organisation(self) -> Organisation:
        return split(self.scope)[0]

    @cached_property
    def _names(self) -> dict[str, str]:
        return {row.name: row.reference for row in self.records()}

    def check(self, record: Any | None, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        own = record.reference if record else "Another row"
        taken = values["name"] in self._names
        holder = self._names.setdefault(values["name"], own)
        if holder != own or (record is None and taken):
            yield "name", f"{holder} is called so already: choose another name."


def given(values: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The fields of a new record that are filled; the others keep what the model begins with."""
    return {name: values[name] for name in names if values.get(name) not in (None, "")}


@sheet
class ItemSheet(Named):
    """The data the organisation knows, each kind in one category."""

    key, title, noun, order = "data-items", "Personal data", "data item", 70
    intro = "Adds kinds of data and changes them."
    fields = ("name", "category", "special", "children", "classification", "description")
    columns = (
        Column("reference", "Reference", help="DI-001. Empty for new data."),
        Column("name", "Data", Text(80), required=True, help="As your team calls it; once in the organisation."),
        Column("category", "Category", Choice(choices=CATEGORIES), required=True),
        Column("special", "Special category", Flag(), help="Yes when it reveals health, belief or the like (Art. 9)."),
        Column("children", "Of children", Flag(), help="Yes when it is collected from or about minors."),
        Column("classification", "Classification", Choice(choices=Classification.choices)),
        Column("description", "Description", Text(250)),
    )

    def records(self, only: str = "") -> Iterable[DataItem]:
        return DataItem.objects.in_organisation(self.organisation).select_related("organisation").order_by("reference")

    def values(self, record: DataItem) -> dict[str, Any]:
        return {name: getattr(record, name) for name in ("reference", *self.fields)}

    def add(self, values: dict[str, Any], *, by: User, reason: str) -> DataItem:
        return add_item(organisation=self.organisation, by=by, reason=reason, **given(values, self.fields))

    def change(self, record: DataItem, values: dict[str, Any], *, by: User, reason: str) -> None:
        change_item(item=record, by=by, reason=reason, **values)


@sheet
class SystemSheet(Named):
    """The systems and stores of the organisation."""

    key, title, noun, order = "systems", "Systems and stores", "system", 71
    intro = "Adds systems and changes them; operator and country are passed on to the flow maps."
    fields = SystemForm.Meta.fields
    columns = (
        Column("reference", "Reference", help="SY-001. Empty for a new system."),
        Column("name", "System", Text(80), required=True, help="As your team calls it; once in the organisation."),
        Column("kind", "Kind", Choice(choices=System.Kind.choices)),
        Column("hosting", "Hosting", Choice(choices=System.Hosting.choices)),
        Column("operator", "Run by", One(source="parties", named="name"), help="Name of a party; empty when we do."),
        Column("country", "Country", Choice(choices=vocabulary.country_choices())),
        Column("region", "Region", Text(60)),
        Column("classification", "Classification", Choice(choices=Classification.choices)),
        Column("description", "Description", Text(250)),
        Column("owner", "Owner", One(source="people", named="email"), help="Mail address."),
    )

    @cached_property
    def known(self) -> dict[str, Any]:
        parties = Party.objects.in_organisation(self.organisation)
        return {"people": names.people(self.scope), "parties": {row.name.casefold(): row for row in parties}}

    def records(self, only: str = "") -> Iterable[System]:
        rows = System.objects.running().in_organisation(self.organisation)
        return rows.select_related("organisation", "operator", "owner").order_by("reference")

    def values(self, record: System) -> dict[str, Any]:
        return {name: getattr(record, name) for name in ("reference", *self.fields)}

    def add(self, values: dict[str, Any], *, by: User, reason: str) -> System:
        return add_system(organisation=self.organisation, by=by, reason=reason, **given(values, self.fields))

    def change(self, record: System, values: dict[str, Any], *, by: User, reason: str) -> None:
        change_system(system=record, by=by, reason=reason, **values)
