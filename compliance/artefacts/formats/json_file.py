"""JSON from strangers: bounded, strict, and read by place, so that a refusal says where."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

MAX_BYTES = 20 * 1024 * 1024
MAX_DEPTH = 60
MAX_ITEMS = 20_000


class Unreadable(ValueError):
    """The file cannot be read; the message names the place and says why."""


def parse(data: bytes) -> "Node":
    """The document of a file, not deeper than 60 levels. Raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise Unreadable(f"The file has more than {MAX_BYTES // 1024 // 1024} MB: split it.")
    try:
        value = json.loads(_text(data), object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_number)
    except json.JSONDecodeError as error:
        raise Unreadable(f"Line {error.lineno}, column {error.colno}: this is no JSON ({error.msg}).") from error
    except RecursionError as error:
        raise Unreadable(f"It is nested deeper than {MAX_DEPTH} levels.") from error
    except Unreadable:
        raise
    except ValueError as error:
        raise Unreadable("It holds a number of thousands of digits.") from error
    _bound(value)
    return Node(value, "")


def _text(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeError as error:
        place = getattr(error, "start", 0)
        line = data[:place].count(b"\n") + 1
        raise Unreadable(f"Line {line}: this is no text in UTF-8.") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unreadable(f"The name “{twice[:60]}” stands twice in one object: which of them counts cannot be told.")
    return found


def _no_constant(word: str) -> NoReturn:
    raise Unreadable(f"It holds {word}, which is no JSON number.")


def _number(text: str) -> float:
    value = float(text)
    if value in {float("inf"), float("-inf")}:
        raise Unreadable(f"The number {text[:40]} is too large.")
    return value


def _bound(value: Any) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise Unreadable(f"It is nested deeper than {MAX_DEPTH} levels.")
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inner += [each for each in one.values() if isinstance(each, dict | list)]
            elif isinstance(one, list):
                inner += [each for each in one if isinstance(each, dict | list)]
        level = inner


@dataclass(frozen=True)
class Node:
    """A value with its place in the file, as `runs[0].results[3].ruleId`; a missing value is None.

    What is read of it is of the kind asked for, missing (empty), or refused with its place.
    """

    value: Any
    path: str

    def __getitem__(self, name: str) -> "Node":
        if self.value is None:
            return Node(None, f"{self.path}.{name}")
        return Node(self._object().get(name), f"{self.path}.{name}".lstrip("."))

    def __bool__(self) -> bool:
        return self.value is not None

    def has(self, name: str) -> bool:
        return isinstance(self.value, dict) and name in self.value

    def is_list(self) -> bool:
        return isinstance(self.value, list)

    def is_object(self) -> bool:
        return isinstance(self.value, dict)

    def items(self) -> list["Node"]:
        """The entries of a list; none when it is missing."""
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            self.refuse("a list is expected here")
        if len(self.value) > MAX_ITEMS:
            self.refuse(f"it holds {len(self.value):,} entries, more than {MAX_ITEMS:,}: split the file")
        return [Node(one, f"{self.path}[{n}]") for n, one in enumerate(self.value)]

    def fields(self) -> Iterator[tuple[str, "Node"]]:
        """Names and values of an object; none when it is missing."""
        if self.value is None:
            return
        for name in self._object():
            yield name, self[name]

    def text(self, most: int = 0) -> str:
        """Words without characters that cannot be shown; numbers are written out; `most` cuts."""
        value = self.value
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self.refuse("text is expected here")
        try:
            said = clean(str(value))
        except ValueError:
            self.refuse("it holds a number of thousands of digits")
        return said[: most - 1] + "…" if most and len(said) > most else said

    def texts(self, most: int = 200) -> tuple[str, ...]:
        """The texts of a list, without empty ones and repetitions; a single text stands for a list of one."""
        nodes = self.items() if self.value is None or self.is_list() else [self]
        return tuple(dict.fromkeys(said for node in nodes[:200] if (said := node.text(most))))

    def number(self) -> float | None:
        """A number, also when it is written as text."""
        try:
            return None if self.value is None or self.value == "" else float(self.text())
        except Unreadable:
            raise
        except (ValueError, OverflowError):
            self.refuse("a number is expected here")

    def number_or_none(self) -> float | None:
        """A number, or None where something else stands."""
        try:
            return self.number()
        except Unreadable:
            return None

    def index(self) -> int:
        """A whole number, -1 when it is missing or none."""
        value = self.value
        return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9 else -1

    def refuse(self, why: str) -> NoReturn:
        raise Unreadable(f"{self.path or 'The document'}: {why}.")

    def _object(self) -> dict[str, Any]:
        if not isinstance(self.value, dict):
            self.refuse("an object is expected here")
        found: dict[str, Any] = self.value
        return found


def clean(text: str) -> str:
    """Without control characters and halves of letters, which no database and no page takes."""
    if text.isprintable():
        return text.strip()
    kept = (one if one.isprintable() or one in "\n\t" else " " for one in text if not "\ud800" <= one <= "\udfff")
    return "".join(kept).strip()
