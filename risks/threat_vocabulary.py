"""The words of threat models, from data/threat-modelling.yaml, and what each kind of element proposes."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from risks.scales import data_file, threats


@cache
def vocabulary() -> Mapping[str, Any]:
    """The file as it stands."""
    return data_file("threat-modelling.yaml")


@cache
def kinds() -> Mapping[str, Mapping[str, Any]]:
    """Kinds of elements by key: label, shape, rank."""
    return {one["key"]: one for one in vocabulary()["kinds"]}


def kind_choices() -> list[tuple[str, str]]:
    return [(key, one["label"]) for key, one in kinds().items()]


@cache
def categories() -> Mapping[str, str]:
    """STRIDE, then LINDDUN, with their names."""
    return {**vocabulary()["stride"], **vocabulary()["linddun"]}


def category_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """As two groups of a list."""
    both = (("STRIDE", "stride"), ("LINDDUN", "linddun"))
    return [(name, list(vocabulary()[key].items())) for name, key in both]


def surfaces() -> Mapping[str, str]:
    """What an attacker may touch, by key."""
    found: Mapping[str, str] = vocabulary()["surfaces"]
    return found


def letter(category: str) -> str:
    """The letters people know a category by: S, T, R, I, D, E; of LINDDUN two."""
    name = categories().get(category, category)
    if category in vocabulary()["stride"]:
        return name[0]
    return {"unawareness": "Ua", "unintervenability": "Ui", "non_repudiation": "Nr", "non_compliance": "Nc"}.get(
        category, name[:2]
    )


def proposed(shape: str, personal_data: bool, method: str) -> list[str]:
    """The categories an element of a shape meets: STRIDE by shape, all of LINDDUN where personal data is touched."""
    found = list(vocabulary()["shapes"].get(shape, ())) if method in {"stride", "both"} else []
    if personal_data and shape != "boundary" and method in {"linddun", "both"}:
        found += list(vocabulary()["linddun"])
    return found


def from_library(category: str, used: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Threats of the library in a category that are not used yet."""
    taken = set(used)
    return [one for one in threats().values() if category in one["categories"] and one["id"] not in taken]
