"""What a field of a register may say, and reading it from text as spreadsheets hold it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from compliance.accounts.models import User
from compliance.projects.models import Membership, Organisation
from compliance.registers.declaration import Field, RegisterType

MOST = Decimal("99999999999999")
FORMATS = ("%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%d.%m.%Y", "%d/%m/%Y")


class Unreadable(ValueError):
    """A text that says nothing the field could hold; the message says what to write instead."""


@dataclass(frozen=True)
class SheetColumn:
    """A column of the register as a spreadsheet has it."""

    key: str
    label: str
    kind: str
    required: bool
    choices: tuple[str, ...] = ()
    help: str = ""


def sheet_columns(register: RegisterType) -> list[SheetColumn]:
    """The columns of a register in a spreadsheet, in order: what `read_row` takes and `written` gives."""
    said = [
        SheetColumn("reference", "Reference", "reference", False, help="Empty for a new line."),
        SheetColumn("main", register.main, "text", True),
        *([SheetColumn("parent", "Belongs to", "reference", True)] if register.under else []),
    ]
    for one in register.fields:
        labels = tuple(label for _, label in one.choices)
        said.append(SheetColumn(one.key, one.label, one.kind, one.required, labels, one.help))
    return [
        *said,
        SheetColumn("owner", register.owner, "person", False),
        SheetColumn("review", "Next review", "day", False),
        SheetColumn("links", "Linked records", "text", False),
    ]


def read_values(
    register: RegisterType, cells: Mapping[str, Any], people: Mapping[str, User]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Read the cells of one line by column key: what the fields say, and what could not be read by column key.

    `people` are those of the organisation by lower-case name and address (`people_by_name`).
    """
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    own = {"owner": Field("person_1", "owner", register.owner), "review": Field("day_1", "review", "Next review")}
    for key, field in {**own, **register.by_key}.items():
        if key not in cells:
            continue
        try:
            values[key] = read_cell(field, cells[key], people)
        except Unreadable as problem:
            problems[key] = str(problem)
    return values, problems


def people_by_name(organisation: Organisation) -> dict[str, User]:
    """Everybody with a role in the organisation, by lower-case name and address. Two bearers of a name have neither."""
    found: dict[str, User] = {}
    names: dict[str, list[User]] = {}
    for user in User.objects.filter(memberships__organisation=organisation).distinct():
        found[user.email.lower()] = user
        names.setdefault(user.name.strip().lower(), []).append(user)
    return found | {name: users[0] for name, users in names.items() if name and len(users) == 1}


def read_cell(field: Field, cell: Any, people: Mapping[str, User]) -> Any:
    """Read one cell as the field holds it. Raises Unreadable."""
    text = "" if cell is None else str(cell).strip()
    if field.kind == "day":
        return _read_day(field, cell, text)
    if field.kind == "number":
        return _read_number(field, text)
    if not text:
        return None if field.kind == "person" else ""
    if field.kind == "choice":
        return _read_choice(field, text)
    if field.kind == "person":
        if text.lower() not in people:
            raise Unreadable(f"{field.label}: nobody here is called {text[:60]}. Give the name or address of a member.")
        return people[text.lower()]
    return text


def _read_day(field: Field, cell: Any, text: str) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date) or not text:
        return cell or None
    for pattern in FORMATS:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    raise Unreadable(f"{field.label}: {text[:40]} is no day. Write it as 2026-11-22.")


def _read_number(field: Field, text: str) -> Decimal | None:
    if not text:
        return None
    try:
        number = Decimal(text.removesuffix("%").replace(" ", ""))
    except InvalidOperation:
        raise Unreadable(f"{field.label}: {text[:40]} is no number. Write it with a point, like 94.5.") from None
    return number


def _read_choice(field: Field, text: str) -> str:
    for value, label in field.choices:
        if text.lower() in {value.lower(), label.lower()}:
            return value
    labels = ", ".join(label for _, label in field.choices)
    raise Unreadable(f"{field.label}: {text[:40]} is none of {labels}.")


def problems_of(
    register: RegisterType, organisation: Organisation, *, main: str, values: Mapping[str, Any]
) -> dict[str, str]:
    """What is wrong with a row, a sentence for each field by key."""
    found = {}
    if not main.strip():
        found["main"] = f"{register.main}: say it in one line."
    elif len(main) > 300:
        found["main"] = f"{register.main}: at most 300 characters; this has {len(main)}."
    for key, value in values.items():
        if key not in register.by_key:
            found[key] = f"{register.title} have no field {key}."
        elif problem := _problem(register.by_key[key], value, organisation):
            found[key] = problem
    for one in register.fields:
        if one.required and values.get(one.key) in (None, "") and one.key not in found:
            found[one.key] = f"{one.label}: this is needed."
    return found


def _problem(field: Field, value: Any, organisation: Organisation) -> str:
    if value in (None, ""):
        return ""
    return CHECKS[field.kind](field, value, organisation)


def _check_text(field: Field, value: Any, organisation: Organisation) -> str:
    return f"{field.label}: at most {field.longest} characters." if len(str(value)) > field.longest else ""


def _check_choice(field: Field, value: Any, organisation: Organisation) -> str:
    return "" if value in dict(field.choices) else f"{field.label}: choose one of those offered."


def _check_day(field: Field, value: Any, organisation: Organisation) -> str:
    return "" if isinstance(value, date) else f"{field.label}: give a day."


def _check_number(field: Field, value: Any, organisation: Organisation) -> str:
    number = Decimal(value) if isinstance(value, int) else value
    if not isinstance(number, Decimal) or not number.is_finite() or abs(number) > MOST:
        return f"{field.label}: give a number of at most 14 digits."
    if field.low is not None and number < field.low:
        return f"{field.label}: at least {field.low}."
    if field.high is not None and number > field.high:
        return f"{field.label}: at most {field.high}."
    return "" if number == round(number, 4) else f"{field.label}: at most four decimals."


def _check_person(field: Field, value: Any, organisation: Organisation) -> str:
    belongs = Membership.objects.filter(organisation=organisation, user=value).exists()
    return "" if belongs else f"{field.label}: {value} has no role here."


CHECKS = {
    "text": _check_text,
    "who": _check_text,
    "choice": _check_choice,
    "day": _check_day,
    "number": _check_number,
    "person": _check_person,
}
