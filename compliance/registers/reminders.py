"""What falls due in registers: reviews by their cadence, and the days a register declares to fall due."""

from datetime import datetime

from django.db.models import Case, F, Value, When

from compliance.projects.models import Organisation, Project
from compliance.registers.addresses import address
from compliance.registers.declaration import register_types
from compliance.registers.models import RegisterRow
from compliance.registers.models.row import RegisterRowQuerySet
from compliance.tasks.registry import Dues, Several, ahead, reminder, said

Scope = Organisation | Project
KEY = said(F("register"), "/", F("reference"))


@reminder("registers", kind="register")
def lines_due(scope: Scope, at: datetime) -> Several:
    """Lines to review, and lines whose own days run out; one kind of rows by column, whatever registers there are."""
    words: dict[str, dict[str, str]] = {"review_date": dict.fromkeys(register_types.keys(), "review")}
    for declared in register_types:
        for field in declared.fields:
            if field.due:
                words.setdefault(field.column, {})[declared.key] = str(field.due)
    rows = RegisterRow.objects.kept_in(scope).live()
    return Several(_of_column(rows, column, due, at) for column, due in words.items())


def _of_column(rows: RegisterRowQuerySet, column: str, words: dict[str, str], at: datetime) -> Dues:
    """What falls due on the days in a column; `words` says by register what that is."""
    near = rows.filter(**{f"{column}__lte": ahead(at)}, register__in=sorted(words))
    by_words: dict[str, list[str]] = {}
    for register, word in words.items():
        by_words.setdefault(word, []).append(register)
    what = Case(*(When(register__in=registers, then=Value(word)) for word, registers in by_words.items()))
    return Dues(near, column, said(F("title"), ": ", what), _page, "owner", key=KEY)


def _page(scope: Scope, where: str, key: str) -> str:
    return address(scope, "row", *key.split("/", 1))
