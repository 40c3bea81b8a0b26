"""Just enough of JSON schema to hold our documents against NIST's; a keyword it does not know is an error."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

QUIET = {"$id", "format", "contentEncoding"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}


@cache
def schema() -> dict[str, Any]:
    return json.loads((Path(__file__).parent / "oscal-1.0.6.json").read_text())


@cache
def places() -> dict[str, Any]:
    found = {f"#/definitions/{name}": node for name, node in schema()["definitions"].items()}
    return found | {node["$id"]: node for node in found.values() if "$id" in node}


def faults(document: dict[str, Any]) -> list[str]:
    """Every place that is not as the schema wants it."""
    (name, body), *more = document.items()
    return [f"more than one document: {more}"] if more else list(_check(body, {"$ref": schema()["roots"][name]}, name))


def _check(value: Any, node: dict[str, Any], place: str) -> Iterator[str]:
    for keyword, wanted in node.items():
        if keyword not in QUIET:
            yield from RULES[keyword](value, wanted, node, place)


def _properties(value: Any, wanted: dict[str, Any], node: dict[str, Any], place: str) -> Iterator[str]:
    for name, inner in (value if isinstance(value, dict) else {}).items():
        if name in wanted:
            yield from _check(inner, wanted[name], f"{place}.{name}")


def _more(value: Any, wanted: Any, node: dict[str, Any], place: str) -> Iterator[str]:
    known = node.get("properties", {})
    for name in value if isinstance(value, dict) and wanted is False else ():
        if name not in known:
            yield f"{place}.{name} is not known"


def _items(value: Any, wanted: dict[str, Any], node: dict[str, Any], place: str) -> Iterator[str]:
    for number, one in enumerate(value if isinstance(value, list) else []):
        yield from _check(one, wanted, f"{place}[{number}]")


def _any(value: Any, wanted: list[Any], node: dict[str, Any], place: str) -> Iterator[str]:
    tried = [list(_check(value, one, place)) for one in wanted]
    if all(tried):
        yield from tried[0]


def _pattern(value: Any, wanted: str, node: dict[str, Any], place: str) -> Iterator[str]:
    python = wanted.replace(r"\p{L}", r"[^\W\d_]").replace(r"\p{N}", r"\d")
    if isinstance(value, str) and not re.search(python, value):
        yield f"{place}: {value!r} does not fit {wanted}"


def _when(fault: Any) -> Any:
    def rule(value: Any, wanted: Any, node: dict[str, Any], place: str) -> Iterator[str]:
        if fault(value, wanted):
            yield f"{place}: {str(value)[:60]!r} against {wanted!r}"

    return rule


RULES: dict[str, Any] = {
    "$ref": lambda value, wanted, node, place: _check(value, places()[wanted], place),
    "type": _when(lambda value, wanted: not isinstance(value, TYPES[wanted])),
    "required": _when(lambda value, wanted: isinstance(value, dict) and set(wanted) - set(value)),
    "enum": _when(lambda value, wanted: value not in wanted),
    "minItems": _when(lambda value, wanted: isinstance(value, list) and len(value) < wanted),
    "minimum": _when(lambda value, wanted: isinstance(value, int) and value < wanted),
    "properties": _properties,
    "additionalProperties": _more,
    "items": _items,
    "pattern": _pattern,
    "anyOf": _any,
    "allOf": lambda value, wanted, node, place: (one for part in wanted for one in _check(value, part, place)),
}
