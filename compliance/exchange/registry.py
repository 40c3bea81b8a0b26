"""Which sheets there are: a room declares its own in `sheets.py`, as `@sheet class ControlSheet(Sheet): ...`."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, ClassVar, TypeVar

from compliance.accounts.models import User
from compliance.exchange.cells import Kind, Number, Text
from compliance.exchange.reading import Table, read_table
from compliance.projects.models import Organisation, Project
from compliance.registry import Registry

Scope = Organisation | Project
VERSION = "version"


@dataclass(frozen=True)
class Column:
    """One column: how its cells read, and what is said about it.

    `fixed` is shown and never read; `once` counts when a row is added and says how to change it later.
    """

    key: str
    label: str
    kind: Kind = field(default_factory=Text)
    help: str = ""
    required: bool = False
    fixed: bool = False
    once: str = ""


VERSION_COLUMN = Column(
    VERSION, "Version", Number(), help="Leave it as exported: it tells whether somebody changed the row meanwhile."
)


class Sheet:
    """A list of records as a table that goes out and comes back; one instance serves one scope once.

    `identity` names the columns that say which record a row is; a row with an empty identity is a new one where
    `adds` allows it; records without `versioned` are compared as they are. `kind` is the kind of record of the table
    of roles: `view` exports, `edit` imports. A record has `version`. `known` is what the cells of `One` and `Many` may
    name.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    noun: ClassVar[str]
    kind: ClassVar[str]
    intro: ClassVar[str] = ""
    columns: ClassVar[tuple[Column, ...]]
    identity: ClassVar[tuple[str, ...]] = ("reference",)
    adds: ClassVar[bool] = True
    in_projects: ClassVar[bool] = True
    in_organisations: ClassVar[bool] = True
    versioned: ClassVar[bool] = True
    exports: ClassVar[bool] = True
    accepts: ClassVar[str] = ".csv,.xlsx"
    order: ClassVar[int] = 0
    do_not_call_in_templates: ClassVar[bool] = True  # pages name a sheet, Django would make one

    def __init__(self, scope: Scope, asked: Mapping[str, str] | None = None) -> None:
        self.scope, self.asked = scope, dict(asked or {})

    @classmethod
    def fits(cls, scope: Scope | type[Scope]) -> bool:
        """Whether it is a list of such scopes."""
        kind = scope if isinstance(scope, type) else type(scope)
        return cls.in_projects if issubclass(kind, Project) else cls.in_organisations

    @classmethod
    def questions(cls, scope: Scope) -> dict[str, Any]:
        """Form fields asked together with the file; their answers, as text, become `asked`."""
        return {}

    @classmethod
    def documents(cls, scope: Scope, only: str = "") -> list[tuple[str, str]]:
        """What else can be taken away from the list: label and address."""
        return []

    def table(self, stream: IO[bytes]) -> Table:
        """The file as rows; a room that takes other files than spreadsheets reads them here."""
        return read_table(stream, [column.label for column in self.all_columns()])

    def dropped(self, seen: Container[tuple[str, ...]]) -> Iterator[tuple[str, Any]]:
        """Records that end because the file no longer names them: (name, record)."""
        return iter(())

    def apply(self, planned: Sequence[Any], *, by: User, reason: str) -> bool:
        """Bring in all rows at once where that is how the room works; True when done, else each row is."""
        return False

    def add_all(self, values: Sequence[dict[str, Any]], *, by: User, reason: str) -> bool:
        """Make all new records at once where the room can; True when done, else each is."""
        return False

    @property
    def known(self) -> dict[str, Any]:
        """Records by lower-case name, for each source the columns speak of."""
        return {}

    @classmethod
    def all_columns(cls) -> tuple[Column, ...]:
        """Those of the room, and the version."""
        return (*cls.columns, VERSION_COLUMN) if cls.versioned else cls.columns

    def records(self, only: str = "") -> Iterable[Any]:
        """What is exported, and what rows are compared with; `only` narrows it where the room says to what."""
        raise NotImplementedError

    def values(self, record: Any) -> dict[str, Any]:
        """The record's value in every column."""
        raise NotImplementedError

    def check(self, record: Any | None, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """What the room would refuse about a row that reads well: (column, mend). `record` is None for a new one."""
        return iter(())

    def add(self, values: dict[str, Any], *, by: User, reason: str) -> Any:
        """Make the record through the room's service; `values` has every column that was given."""
        raise NotImplementedError

    def change(self, record: Any, values: dict[str, Any], *, by: User, reason: str) -> Any:
        """Change the record through the room's services; `values` has only what differs."""
        raise NotImplementedError

    def url(self, record: Any) -> str:
        """Where the record is shown."""
        return str(record.get_absolute_url())


S = TypeVar("S", bound=type[Sheet])
sheets: Registry[type[Sheet]] = Registry("sheet")


def sheet(cls: S) -> S:
    """Register a sheet under its key."""
    sheets.add(cls.key, cls, order=cls.order)
    return cls


def sheets_of(scope: Scope, can: Any, verb: str = "view") -> Sequence[type[Sheet]]:
    """The sheets of a scope that a person may take out, or bring in."""
    return [one for one in sheets if one.fits(scope) and getattr(getattr(can, one.kind), verb)]
