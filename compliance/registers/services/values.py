"""What a field of a register may say."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from compliance.accounts.models import User
from compliance.projects.models import Membership, Organisation
from compliance.registers.declaration import Field, RegisterType

MOST = Decimal("99999999999999")
Belongs = Callable[[User], bool]


def belonging_to(organisation: Organisation) -> Belongs:
    """Whether a person has a role in the organisation: one query each time it is asked."""
    return lambda user: Membership.objects.filter(organisation=organisation, user=user).exists()


def problems_of(register: RegisterType, *, main: str, values: Mapping[str, Any], belongs: Belongs) -> dict[str, str]:
    """What is wrong with a row, a sentence for each field by key."""
    found = {}
    if not main.strip():
        found["main"] = f"{register.main}: say it in one line."
    elif len(main) > 300:
        found["main"] = f"{register.main}: at most 300 characters; this has {len(main)}."
    for key, value in values.items():
        if key not in register.by_key:
            found[key] = f"{register.title} have no field {key}."
        elif problem := _problem(register.by_key[key], value, belongs):
            found[key] = problem
    for one in register.fields:
        if one.required and values.get(one.key) in (None, "") and one.key not in found:
            found[one.key] = f"{one.label}: this is needed."
    return found


def _problem(field: Field, value: Any, belongs: Belongs) -> str:
    if value in (None, ""):
        return ""
    return CHECKS[field.kind](field, value, belongs)


def _check_text(field: Field, value: Any, belongs: Belongs) -> str:
    return f"{field.label}: at most {field.longest} characters." if len(str(value)) > field.longest else ""


def _check_choice(field: Field, value: Any, belongs: Belongs) -> str:
    return "" if value in dict(field.choices) else f"{field.label}: choose one of those offered."


def _check_day(field: Field, value: Any, belongs: Belongs) -> str:
    return "" if isinstance(value, date) else f"{field.label}: give a day."


def _check_number(field: Field, value: Any, belongs: Belongs) -> str:
    number = Decimal(value) if isinstance(value, int) else value
    if not isinstance(number, Decimal) or not number.is_finite() or abs(number) > MOST:
        return f"{field.label}: give a number of at most 14 digits."
    if field.low is not None and number < field.low:
        return f"{field.label}: at least {field.low}."
    if field.high is not None and number > field.high:
        return f"{field.label}: at most {field.high}."
    return "" if number == round(number, 4) else f"{field.label}: at most four decimals."


def _check_person(field: Field, value: Any, belongs: Belongs) -> str:
    return "" if belongs(value) else f"{field.label}: {value} has no role here."


CHECKS = {
    "text": _check_text,
    "who": _check_text,
    "choice": _check_choice,
    "day": _check_day,
    "number": _check_number,
    "person": _check_person,
}
