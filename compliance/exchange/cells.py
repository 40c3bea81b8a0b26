"""What may stand in a cell: read with the mend when it cannot be, and written so that it reads back the same."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from compliance.ui.export import CELL_LIMIT, UNPRINTABLE

Known = Mapping[str, Any]
DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%d %B %Y")
MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%d %b %Y, %H:%M UTC", "%d.%m.%Y %H:%M")
YES, NO = {"yes", "y", "true", "1", "x"}, {"no", "n", "false", "0"}
SHOWN = 12


class BadCell(ValueError):
    """A cell that cannot be read; the message says how to mend it."""


@dataclass(frozen=True)
class Formula:
    """A cell that holds a formula: what it would come to is not ours to guess."""

    text: str


@dataclass(frozen=True)
class Kind:
    """Plain text on one line. `blank` is what an empty cell means."""

    limit: int = 200

    @property
    def blank(self) -> Any:
        return ""

    def read(self, cell: Any, known: Known) -> Any:
        """The value of a cell that is not empty; raise BadCell with the mend."""
        text = words(cell)
        if len(text) > self.limit:
            raise BadCell(f"{len(text):,} characters are too long: shorten it to {self.limit:,}.")
        return text

    def write(self, value: Any) -> Any:
        """What stands in the cell."""
        return "" if value in (None, "") else value

    def tell(self, value: Any) -> str:
        """The value for people."""
        written = self.write(value)
        return written.isoformat() if isinstance(written, date) else str(written)


Text = Kind


@dataclass(frozen=True)
class Words(Kind):
    """Text of any number of lines."""

    limit: int = 20_000


@dataclass(frozen=True)
class Choice(Kind):
    """One of some stored values, written by its label."""

    choices: Sequence[tuple[str, str]] = ()

    def read(self, cell: Any, known: Known) -> str:
        said = words(cell).casefold()
        for value, label in self.choices:
            if said in {str(value).casefold(), str(label).casefold()}:
                return value
        raise BadCell(f"“{shorten(words(cell))}” is not known: use {one_of(label for _, label in self.choices)}.")

    def write(self, value: Any) -> str:
        return str(dict(self.choices).get(value, value or ""))


@dataclass(frozen=True)
class Day(Kind):
    """A calendar day."""

    @property
    def blank(self) -> None:
        return None

    def read(self, cell: Any, known: Known) -> date:
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        found = _dated(words(cell)[:10] if re.match(r"\d{4}-\d\d-\d\dT", words(cell)) else words(cell), DAYS)
        if found is None or not 1900 <= found.year <= 2200:
            raise BadCell(f"“{shorten(words(cell))}” is not a day: write it as 2026-11-22.")
        return found.date()


@dataclass(frozen=True)
class Moment(Kind):
    """A moment in UTC, to the second."""

    @property
    def blank(self) -> None:
        return None

    def read(self, cell: Any, known: Known) -> datetime:
        found = cell if isinstance(cell, datetime) else None
        if found is None and isinstance(cell, date):
            found = datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - made aware below
        found = found or _moment(words(cell))
        if found is None or not 1900 <= found.year <= 2200:
            raise BadCell(f"“{shorten(words(cell))}” is not a moment: write it as 2026-11-22 14:30 (UTC).")
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        return (found + timedelta(milliseconds=500)).replace(microsecond=0)

    def write(self, value: Any) -> Any:
        return "" if value is None else value.astimezone(UTC).replace(microsecond=0)


@dataclass(frozen=True)
class Flag(Kind):
    """Yes or no."""

    @property
    def blank(self) -> None:
        return None

    def read(self, cell: Any, known: Known) -> bool:
        said = words(cell).casefold()
        if said not in YES | NO:
            raise BadCell(f"“{shorten(words(cell))}” is neither: write yes or no.")
        return said in YES

    def write(self, value: Any) -> str:
        return "" if value is None else "yes" if value else "no"


@dataclass(frozen=True)
class Number(Kind):
    """A whole number from 0 up to a limit."""

    limit: int = 1_000_000_000

    @property
    def blank(self) -> None:
        return None

    def read(self, cell: Any, known: Known) -> int:
        said = words(cell).replace(",", "").replace(" ", "")
        if not said.isascii() or not said.isdigit() or len(said) > 12 or int(said) > self.limit:
            raise BadCell(f"“{shorten(words(cell))}” is not a whole number between 0 and {self.limit:,}.")
        return int(said)


@dataclass(frozen=True)
class Address(Kind):
    """The address of a page on the web."""

    limit: int = 400

    def read(self, cell: Any, known: Known) -> str:
        text = super().read(cell, known)
        if not re.fullmatch(r"https?://[^\s/?#]+\S*", text):
            raise BadCell(f"“{shorten(text)}” is no address: it begins with https:// and has no blanks.")
        return str(text)


@dataclass(frozen=True)
class One(Kind):
    """One of the records a sheet knows by name: `source` is the sheet's attribute, a name for each record."""

    source: str = ""
    named: str = "reference"

    @property
    def blank(self) -> None:
        return None

    def read(self, cell: Any, known: Known) -> Any:
        return find(known[self.source], words(cell))

    def write(self, value: Any) -> str:
        return "" if value is None else str(name_of(value, self.named))


@dataclass(frozen=True)
class Many(Kind):
    """Several of them, separated by semicolons or line ends."""

    source: str = ""
    named: str = "reference"

    @property
    def blank(self) -> tuple[Any, ...]:
        return ()

    def read(self, cell: Any, known: Known) -> tuple[Any, ...]:
        names = dict.fromkeys(name.strip() for name in re.split(r"[;\n]", words(cell)) if name.strip())
        found = {self.write((one,)): one for one in (find(known[self.source], name) for name in names)}
        return tuple(found[name] for name in sorted(found))

    def write(self, value: Any) -> str:
        return "; ".join(sorted(str(name_of(one, self.named)) for one in value or ()))


def words(cell: Any) -> str:
    """A cell as text, without what a spreadsheet or a keyboard adds at its ends."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat(sep=" ") if isinstance(cell, datetime) else cell.isoformat()
    text = UNPRINTABLE.sub("", str(cell)).replace("\r\n", "\n").replace("\r", "\n")
    return text[:CELL_LIMIT].strip()


def find(table: Known, name: str) -> Any:
    """What a sheet knows under a name, whatever its case; BadCell names the nearest."""
    if (found := table.get(name.casefold())) is not None:
        return found
    near = [known for known in table if known.startswith(name[:3].casefold())] or list(table)
    hint = f" Known are {one_of(near)}." if near else " None is known here yet."
    raise BadCell(f"“{shorten(name)}” is not known here.{hint}")


def name_of(record: Any, path: str) -> Any:
    """The name a record goes by in a cell."""
    for step in path.split("."):
        record = getattr(record, step)
    return record


def one_of(names: Iterable[Any]) -> str:
    """Some names, for a sentence."""
    said = [str(name) for name in names]
    return ", ".join(said) if len(said) <= SHOWN else f"{', '.join(said[:SHOWN])} and {len(said) - SHOWN:,} more"


def shorten(text: str, most: int = 60) -> str:
    """The beginning of a long text."""
    return text if len(text) <= most else f"{text[:most]}…"


def _dated(text: str, forms: Sequence[str]) -> datetime | None:
    for form in forms:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - a day, or made aware by its reader
        except ValueError:
            continue
    return None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _dated(text, MOMENTS)
