"""The inventory of personal data."""

from collections.abc import Iterable
from typing import Any

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects.models import Organisation
from dataflows import vocabulary
from dataflows.models import DataItem
from dataflows.services.saving import assign, save


def add_item(
    *, organisation: Organisation, name: str, category: str, by: User | str, reason: str = "", **details: Any
) -> DataItem:
    """Add a data item. Raises BadValue."""
    item = DataItem(organisation=organisation, name=name.strip(), category=category)
    return change_item(item=item, by=by, reason=reason, **details)


def change_item(*, item: DataItem, by: User | str, reason: str = "", **fields: Any) -> DataItem:
    """Change a data item. Raises BadValue."""
    with change(by=by, reason=reason):
        assign(item, fields)
        save(item)
    return item


def items_named(*, organisation: Organisation, categories: Iterable[str], by: User | str) -> list[DataItem]:
    """One item for each category, named like it; those that exist are used."""
    found = []
    for code in categories:
        label = vocabulary.categories()[code].label
        item = DataItem.objects.filter(organisation=organisation, name=label).first()
        found.append(item or add_item(organisation=organisation, name=label, category=code, by=by))
    return found
