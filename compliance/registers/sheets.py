"""Every register as a spreadsheet that goes out and comes back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from compliance.accounts.models import User
from compliance.exchange.cells import BadCell, Choice, Day, Kind, Known, One, Text, Words, shorten, words
from compliance.exchange.registry import Column, Sheet, sheet
from compliance.projects.models import Organisation, Project
from compliance.registers.declaration import Field, RegisterType, register_types
from compliance.registers.listing import RELATED
from compliance.registers.models import RegisterRow
from compliance.registers.models.row import plain
from compliance.registers.services.row import Said, add_row, edit_row
from compliance.registers.services.values import problems_of

FIRST = 200


@dataclass(frozen=True)
class Figure(Kind):
    """A number with up to four decimals; a percent sign may follow."""

    @property
    def blank(self) -> None:
        return None

    def read(self, cell: Any, known: Known) -> Decimal | None:
        said = words(cell).removesuffix("%").replace(" ", "")
        try:
            return plain(Decimal(said))
        except InvalidOperation:
            raise BadCell(f"“{shorten(said)}” is not a number: write it with a point, like 94.5.") from None

    def write(self, value: Any) -> Any:
        return "" if value is None else plain(Decimal(value))

    def tell(self, value: Any) -> str:
        return "" if value is None else f"{plain(Decimal(value)):f}"


def cell_of(field: Field) -> Kind:
    """How the cells of a declared field read."""
    if field.kind == "choice":
        return Choice(choices=field.choices)
    if field.kind == "person":
        return One(source="people", named="email")
    kinds: dict[str, Kind] = {"day": Day(), "number": Figure()}
    return kinds.get(field.kind) or (Words(field.longest) if field.long else Text(field.longest))


class RegisterSheet(Sheet):
    """The lines in use of one register."""

    register: ClassVar[RegisterType]

    @property
    def known(self) -> dict[str, Any]:
        organisation = self.scope.organisation if isinstance(self.scope, Project) else self.scope
        people = User.objects.filter(memberships__organisation=organisation).distinct()
        found: dict[str, Any] = {"people": {person.email.casefold(): person for person in people}}
        if self.register.under:
            above = RegisterRow.objects.seen_in(self.scope).live().of(register_types[self.register.under])
            found["above"] = {row.reference.casefold(): row for row in above}
        return found

    def records(self, only: str = "") -> Iterable[RegisterRow]:
        rows = RegisterRow.objects.kept_in(self.scope).live().of(self.register).select_related(*RELATED)
        return rows.order_by("reference")

    def values(self, record: RegisterRow) -> dict[str, Any]:
        said = {one.key: record.value(one.key) for one in self.register.fields}
        own = {"reference": record.reference, "main": record.title, "owner": record.owner, "review": record.review_date}
        above = {"parent": record.parent} if self.register.under else {}
        return {**own, **above, **said}

    def check(self, record: RegisterRow | None, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        if record is None and _kind_of(self.scope) not in self.register.scopes:
            yield "main", f"{self.register.title} are entered in the {self.register.scopes[0]}."
        said = {key: values.get(key) for key in self.register.by_key}
        found = problems_of(self.register, main=values.get("main") or "", values=said, belongs=lambda user: True)
        yield from found.items()

    def add(self, values: dict[str, Any], *, by: User, reason: str) -> RegisterRow:
        return add_row(register=self.register, scope=self.scope, said=self._said(values), by=by, reason=reason)

    def change(self, record: RegisterRow, values: dict[str, Any], *, by: User, reason: str) -> None:
        said = self._said({"main": record.title, "owner": record.owner, "review": record.review_date, **values})
        edit_row(row=record, said=said, by=by, reason=reason)

    def _said(self, values: dict[str, Any]) -> Said:
        fields = {key: values[key] for key in self.register.by_key if key in values}
        return Said(values["main"], fields, values.get("owner"), values.get("review"), values.get("parent"))


def _kind_of(scope: Organisation | Project) -> str:
    return "project" if isinstance(scope, Project) else "organisation"


def sheet_key(register: RegisterType) -> str:
    """The key of the register's sheet."""
    return f"register-{register.key}"


def _columns(register: RegisterType) -> tuple[Column, ...]:
    above = register_types[register.under].noun.capitalize() if register.under else ""
    return (
        Column("reference", "Reference", help=f"{register.prefix}-0001. Empty for a new line."),
        Column("main", register.main, Text(300), required=True, help=register.main_help),
        *([Column("parent", above, One(source="above"), required=True)] if above else []),
        *(Column(one.key, one.label, cell_of(one), help=one.help, required=one.required) for one in register.fields),
        Column("owner", register.owner, One(source="people", named="email"), help="Mail address."),
        *([Column("review", "Next review", Day(), help="2026-11-22.")] if register.review_days else []),
    )


def _declare(register: RegisterType) -> None:
    about = {
        "register": register,
        "key": sheet_key(register),
        "title": register.title,
        "noun": register.noun,
        "kind": "register",
        "intro": f"Adds lines and changes them. {register.purpose}",
        "columns": _columns(register),
        "in_projects": "project" in register.scopes,
        "order": FIRST + register.order,
    }
    sheet(type(f"{register.key.title().replace('-', '')}Sheet", (RegisterSheet,), about))


for _register in register_types:
    _declare(_register)
