"""What a register is, declared as data in the `registers.py` of a room.

    register(RegisterType(
        key="obligations", title="Obligations", noun="obligation", prefix="OB", clause="ISO/IEC 27001 A.5.31",
        purpose="Laws, contracts and rules that bind us.", main="What it asks for", group="Context",
        fields=(
            Field("choice_1", "source", "Source", choices=words("law", "contract"), required=True, listed=True),
            Field("text_1", "citation", "Citation", listed=True),
            Field("day_1", "since", "Applies since"),
        ),
        review_days=365, links=("control", "document"), printed=Printed(38, "Obligations"),
    ))

Every register has besides: reference, main line, owner, next review, linked records. The column of a field says its
kind (`text_1` is text, `day_1` a day) and must never change once released: the history is kept by column.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from compliance.registry import Registry

COLUMNS: Final[dict[str, str]] = {
    "who": "who",
    **{f"text_{n}": "text" for n in range(1, 9)},
    **{f"choice_{n}": "choice" for n in range(1, 7)},
    **{f"day_{n}": "day" for n in range(1, 5)},
    **{f"number_{n}": "number" for n in range(1, 7)},
    **{f"person_{n}": "person" for n in range(1, 3)},
}
SCOPES: Final = ("organisation", "project")
# What every row has: nobody calls a field of theirs so.
OWN: Final = ("reference", "main", "parent", "owner", "review", "links", "state")
LONGEST: Final = 4000
YES_NO: Final = (("yes", "Yes"), ("no", "No"))


class BadDeclaration(ValueError):
    """A register that cannot work; the message says which and why."""


def words(*values: str) -> tuple[tuple[str, str], ...]:
    """Choices that are called as they are stored: `not_tested` reads "Not tested"."""
    return tuple((value, value.replace("_", " ").capitalize()) for value in values)


@dataclass(frozen=True)
class Field:
    """One field: the column that keeps it, its name in code and spreadsheets, and what people read.

    `due` on a day makes it a reminder ("training runs out"), and after it the line is expired unless `ends` is off;
    `long` gives text several lines; `unit` stands behind a number; `low` and `high` bound it.
    `who` is the one column for the name of a person without an account: a redaction offers it first.
    """

    column: str
    key: str
    label: str
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = False
    listed: bool = False
    long: bool = False
    due: str = ""
    ends: bool = True
    clause: str = ""
    unit: str = ""
    low: int | None = None
    high: int | None = None
    is_state: bool = False

    @property
    def kind(self) -> str:
        """text, who, choice, day, number or person."""
        return COLUMNS[self.column]

    @property
    def longest(self) -> int:
        """How many characters a text may have."""
        return 160 if self.kind == "who" else LONGEST if self.long else 300

    @property
    def is_misfit(self) -> bool:
        """A choice without choices, or choices where none is made."""
        return (self.kind == "choice") != bool(self.choices)

    def worded(self, value: Any) -> str:
        """A stored choice as people read it."""
        return dict(self.choices).get(value, value or "")


@dataclass(frozen=True)
class Printed:
    """Where a register stands in packs: `order` divided by ten is its place in the outline, `columns` what is shown
    there (all fields when empty), `section` the key it registers under, `types` the packs that have it. An `optional`
    one prints no section while it has no line; the overview of the registers names it as empty.
    """

    order: int
    title: str
    section: str = ""
    columns: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    document: str = ""
    optional: bool = False


@dataclass(frozen=True)
class RegisterType:
    """One register. `under` names the register whose rows it belongs to: measurements stand under an objective.

    `applies(scope)` says whether it is shown where it is still empty; a register that has rows is always shown.
    `doubts(row)` gives a sentence for everything a line says that should not stay so: a weak algorithm, a pin without
    a spare. `trend` is the number drawn along the days of a line above, or "part/whole" for their share in per cent.
    """

    key: str
    title: str
    noun: str
    prefix: str
    purpose: str
    fields: tuple[Field, ...]
    main: str = "Title"
    main_help: str = ""
    plural: str = ""
    clause: str = ""
    group: str = "Operational"
    order: int = 50
    scopes: tuple[str, ...] = SCOPES
    owner: str = "Owner"
    review_days: int | None = 365
    under: str = ""
    links: tuple[str, ...] = ("evidence",)
    trend: str = ""
    printed: Printed | None = None
    applies: Callable[[Any], bool] | None = None
    doubts: Callable[[Any], list[str]] | None = None
    by_key: Mapping[str, Field] = field(init=False, hash=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {one.key: one for one in self.fields})
        for problem in self._problems():
            raise BadDeclaration(f"Register {self.key!r}: {problem}.")

    def _problems(self) -> list[str]:
        columns = [one.column for one in self.fields]
        unknown = [name for name in columns if name not in COLUMNS]
        if unknown:
            return [f"there is no column {unknown[0]}"]
        found = []
        if len(set(columns)) < len(columns) or len(self.by_key) < len(self.fields):
            found.append("two fields share a column or a key")
        found += [f"{key} is a name every row has" for key in self.by_key if key in OWN]
        found += [f"{one.key}: a choice has choices, and only it" for one in self.fields if one.is_misfit]
        found += [f"{one.key} falls due and is no day" for one in self.fields if one.due and one.kind != "day"]
        if not re.fullmatch(r"[a-z][a-z0-9-]{1,39}", self.key) or not re.fullmatch(r"[A-Z]{2,4}", self.prefix):
            found.append("key or prefix are not written as such")
        if not set(self.scopes) <= set(SCOPES) or not self.scopes:
            found.append("scopes are organisation and project")
        drawn = [self.by_key.get(key) for key in self.trend_of]
        if drawn and (len(drawn) > 2 or not self.under or any(one is None or one.kind != "number" for one in drawn)):
            found.append("a trend is a number, or a share of two, under another register")
        return found

    @property
    def several(self) -> str:
        """The noun for many."""
        return self.plural or f"{self.noun}s"

    @property
    def by_column(self) -> dict[str, Field]:
        """The fields by the column that keeps them."""
        return {one.column: one for one in self.fields}

    @property
    def trend_of(self) -> list[str]:
        """The keys of the numbers a trend is made of: one, or part and whole."""
        return self.trend.split("/") if self.trend else []

    @property
    def day(self) -> Field | None:
        """The first day of a row: what a trend is drawn along."""
        return next((one for one in self.fields if one.kind == "day"), None)


register_types: Registry[RegisterType] = Registry("register")


def register(declared: RegisterType) -> RegisterType:
    """Keep a register for all scopes; its prefix must be free."""
    for other in register_types:
        if other.prefix == declared.prefix:
            raise BadDeclaration(f"{declared.key} and {other.key} share the prefix {declared.prefix}.")
    return register_types.add(declared.key, declared, order=declared.order)


def children_of(declared: RegisterType) -> list[RegisterType]:
    """The registers whose rows stand under this one's."""
    return [one for one in register_types if one.under == declared.key]
