"""Documents and records the standards ask for: the list, who keeps what of it, and how each stands.

A room that keeps one of them says so in its `claims.py`, under the name the list gives in `by`:

    @keeper("risk_method")
    def methods(scope, at) -> list[Kept]: ...        # as it stood at `at`; empty when there is nothing
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from compliance.registry import Registry


class Standing(StrEnum):
    """How a required document stands; the best of several counts."""

    CURRENT = "present_current"
    OVERDUE = "present_overdue"
    DRAFT = "draft_only"
    MISSING = "missing"


ORDER = tuple(Standing)


@dataclass(frozen=True)
class Kept:
    """A document or record that answers to a required one."""

    standing: Standing
    title: str
    reference: str = ""
    version: str = ""
    approved_by: str = ""
    approved_at: datetime | None = None
    review_date: date | None = None
    url: str = ""


@dataclass(frozen=True)
class Required:
    """One line of the list; `refs` are clause numbers by framework ("isms", "pims")."""

    key: str
    title: str
    refs: Mapping[str, str]
    kind: str = "document"
    by: str = ""
    role: str = ""
    earlier: str = ""

    def cited(self, framework: str, *, earlier: bool = False) -> str:
        """The clause as people cite it; `earlier` gives the number of the edition before, where it differs."""
        number = self.earlier if earlier and self.earlier else self.refs[framework]
        return f"{FRAMEWORKS[framework]['label']} {number}"


_DATA = tomllib.loads((Path(__file__).parent / "required_documents.toml").read_text(encoding="utf-8"))
EDITION: str = _DATA["edition"]
FRAMEWORKS: dict[str, dict[str, Any]] = _DATA["frameworks"]
REQUIRED: dict[str, Required] = {line["key"]: Required(**line) for line in _DATA["required"]}

Keeper = Callable[[Any, datetime], list[Kept]]
keepers: Registry[Keeper] = Registry("keeper of required documents")


def keeper(name: str) -> Callable[[Keeper], Keeper]:
    """Register who keeps what the list calls `name`."""
    return lambda source: keepers.add(name, source)


def best(kept: list[Kept]) -> Standing:
    """The standing of the best of them."""
    return min((one.standing for one in kept), key=ORDER.index, default=Standing.MISSING)
