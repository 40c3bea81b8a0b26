"""Reading an OSCAL catalog or profile nobody trusts: identifiers and titles, never the text of a control."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from compliance.ledger import Refused

DEEPEST = 20
MOST = 20_000
TITLE = 170
GENERAL = "General"


class OscalRefused(Refused):
    """The document cannot be read; the message names the place."""


@dataclass(frozen=True)
class Item:
    """A control as a framework needs it."""

    number: str
    title: str
    group: str = GENERAL
    group_title: str = "General"
    parent: str = ""
    key: str = ""


@dataclass
class Document:
    """What a file holds; a profile has `chosen` instead of items."""

    title: str
    version: str
    items: list[Item] = field(default_factory=list)
    chosen: "Selection | None" = None
    withdrawn: int = 0


@dataclass(frozen=True)
class Selection:
    """Which controls of a catalog a profile picks."""

    everything: bool
    names: frozenset[str]
    patterns: tuple[str, ...]
    without: frozenset[str]

    def takes(self, *names: str) -> bool:
        """Whether a control that goes by these names is picked."""
        said = {name.casefold() for name in names}
        if said & self.without:
            return False
        matched = any(fnmatchcase(name, pattern) for name in said for pattern in self.patterns)
        return self.everything or bool(said & self.names) or matched


def read_oscal(content: bytes) -> Document:
    """The document in `content`. Raises OscalRefused."""
    whole = _object(_parse(content), "the file")
    if "catalog" in whole:
        return _catalog(_object(whole["catalog"], "catalog"))
    if "profile" in whole:
        return _profile(_object(whole["profile"], "profile"))
    raise OscalRefused("This JSON is neither an OSCAL catalog nor a profile: its first name is “catalog” or “profile”.")


def _parse(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_never)
    except UnicodeDecodeError as error:
        raise OscalRefused("The file is not UTF-8, as JSON is.") from error
    except RecursionError as error:
        raise OscalRefused("The file is nested far deeper than any catalog.") from error
    except json.JSONDecodeError as error:
        raise OscalRefused(f"Line {error.lineno}, column {error.colno} is no JSON: {error.msg}.") from error
    except Refused:
        raise
    except ValueError as error:
        raise OscalRefused("A number in the file has too many digits.") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise OscalRefused(f"“{twice[:60]}” stands twice in one object: which of the two counts is not known.")
    return found


def _never(text: str) -> Any:
    raise OscalRefused(f"{text} is no JSON number.")


def _catalog(catalog: Mapping[str, Any]) -> Document:
    document = _document(catalog, "catalog")
    _walk(document, catalog, "catalog", Item("", ""), 0)
    if not document.items:
        raise OscalRefused("The catalog holds no controls.")
    return document


def _walk(document: Document, holder: Mapping[str, Any], place: str, above: Item, depth: int) -> None:
    """Groups in groups and controls in controls, in their order; the outermost group with a title holds them."""
    if depth > DEEPEST:
        raise OscalRefused(f"{place} lies deeper than {DEEPEST} levels.")
    for inner, control in _list(holder, "controls", place):
        number, key = _label(control, inner), _text(control, "id", inner)
        if _is_withdrawn(control, inner):
            document.withdrawn += 1
            continue
        title = shorten(_text(control, "title", inner))
        document.items.append(Item(number, title, above.group, above.group_title, above.parent, key))
        if len(document.items) > MOST:
            raise OscalRefused(f"The catalog has more than {MOST:,} controls.")
        _walk(document, control, inner, Item("", "", above.group, above.group_title, number), depth + 1)
    for inner, group in _list(holder, "groups", place):
        name = _label(group, inner) if "id" in group or "props" in group else ""
        title = shorten(_text(group, "title", inner))
        known = above.group != GENERAL
        inside = above if known else Item("", "", (name or title)[:60].upper(), title)
        _walk(document, group, inner, inside, depth + 1)


def _profile(profile: Mapping[str, Any]) -> Document:
    document = _document(profile, "profile")
    everything, names, patterns, without = False, set(), [], set()
    for place, source in _list(profile, "imports", "profile"):
        everything = everything or "include-all" in source or "include-controls" not in source
        for inner, picked in _list(source, "include-controls", place):
            names |= set(_names(picked, "with-ids", inner))
            for spot, matching in _list(picked, "matching", inner):
                patterns.append(_text(matching, "pattern", spot).casefold())
        for inner, left in _list(source, "exclude-controls", place):
            without |= set(_names(left, "with-ids", inner))
    document.chosen = Selection(everything, frozenset(names), tuple(patterns[:100]), frozenset(without))
    return document


def _document(holder: Mapping[str, Any], name: str) -> Document:
    about = _object(holder.get("metadata"), f"{name}.metadata")
    version = about.get("version", "")
    return Document(_text(about, "title", f"{name}.metadata"), version if isinstance(version, str) else "")


def _label(holder: Mapping[str, Any], place: str) -> str:
    """The number people use: the plain label, else the id in capitals as labels are written."""
    labels = [
        (str(prop.get("class", "")), _text(prop, "value", spot))
        for spot, prop in _list(holder, "props", place)
        if prop.get("name") == "label"
    ]
    plain = [value for kind, value in labels if not kind or kind == "sp800-53"]
    return (plain or [_text(holder, "id", place).upper()])[0].strip()[:60]


def _is_withdrawn(control: Mapping[str, Any], place: str) -> bool:
    props = [prop for _, prop in _list(control, "props", place) if prop.get("name") == "status"]
    return any(str(prop.get("value", "")).casefold() == "withdrawn" for prop in props)


def _names(holder: Mapping[str, Any], name: str, place: str) -> Iterator[str]:
    found = holder.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise OscalRefused(f"{place}.{name} is not a list of texts.")
    yield from (one.casefold() for one in found)


def _list(holder: Mapping[str, Any], name: str, place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    found = holder.get(name, [])
    if not isinstance(found, list):
        raise OscalRefused(f"{place}.{name} is not a list.")
    for number, one in enumerate(found):
        where = f"{place}.{name}[{number}]"
        yield where, _object(one, where)


def _object(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise OscalRefused(f"{place} is not an object.")
    return value


def _text(holder: Mapping[str, Any], name: str, place: str) -> str:
    value = holder.get(name)
    if not isinstance(value, str) or not value.strip():
        raise OscalRefused(f"{place}.{name} is missing, or is not text.")
    return " ".join(value.split())


def shorten(title: str) -> str:
    """A title as long as titles may be here."""
    return title if len(title) <= TITLE else f"{title[: TITLE - 1].rstrip()}…"
