"""How the services write: checked first, so that a bad value is refused by its field and nothing is stored."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import Refused
from compliance.ledger.context import simulated_moment
from compliance.ledger.models import Tracked

FIXED = frozenset({"organisation", "project", "flow"})


class BadValue(Refused):
    """A value that cannot be stored; the message names the field."""


def assign(row: Tracked, fields: Mapping[str, Any]) -> None:
    """Set fields people may set; anything else is refused by its name."""
    for name, value in fields.items():
        known = next((field for field in row._meta.concrete_fields if field.name == name), None)
        if known is None or not known.editable or name in FIXED:
            raise BadValue(f"{row._meta.verbose_name} has no field {name} to set.")
        setattr(row, name, value)


def save(row: Tracked) -> None:
    """Check a row and write it. Raises BadValue."""
    unchecked = {field.name for field in row._meta.concrete_fields if not field.editable}
    try:
        row.full_clean(exclude=unchecked)
    except ValidationError as error:
        raise BadValue(" ".join(_said(row, error))) from error
    row.save()


def _said(row: Tracked, error: ValidationError) -> Iterable[str]:
    for name, messages in error.message_dict.items():
        if name == "__all__":
            yield from messages
        else:
            label = str(getattr(row._meta.get_field(name), "verbose_name", name))
            yield f"{label[:1].upper()}{label[1:]}: {' '.join(messages)}"


def known_codes(codes: Iterable[str], known: Mapping[str, Any], what: str) -> list[str]:
    """The codes in the order of their list, each once. Raises BadValue for one nobody knows."""
    asked = list(codes)
    strange = [code for code in asked if code not in known]
    if strange:
        raise BadValue(f"{what}: {strange[0]!r} is not one of {', '.join(known)}.")
    return [code for code in known if code in asked]


def remember_author(record: Any, by: User | str) -> None:
    """Keep who wrote the present version, so that they do not approve it; a program approves nothing."""
    if isinstance(by, User) and str(by.pk) not in record.authors:
        record.authors = [*record.authors, str(by.pk)]


def person(by: User | str) -> User | None:
    """Who did it, when it was a person and no program."""
    return by if isinstance(by, User) else None


def today() -> date:
    """The day of the change being made, simulated or not."""
    return (simulated_moment() or timezone.now()).date()
