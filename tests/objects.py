"""What the access matrix (tests/test_access.py) puts into URL arguments.

Every URL argument besides `project` and `organisation` needs a factory here, or the matrix fails and names it.
Add yours beside the others:

    @value("reference", "risks:risk", "risks:risk_*")      # the argument, and the URLs it stands in (fnmatch patterns)
    def risk(project: Project) -> str:                     # make a record that belongs to this project
        return add_risk(project=project, title="Lost phone", by=MATRIX, ...).reference

Pages of an organisation get the record of `project.organisation`. The factory runs once or more often per project; make
the record through its service, with `by=MATRIX` or any person, and call it `word()` where a name has to be free. Put
them into tests/<room>/objects.py: the matrix imports it. An argument that names no record (a format, a tab) returns a
constant and says so with `names_record=False`: it is then not mixed with other projects' values.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from uuid import uuid4

from compliance.projects.models import Project

MATRIX = "access matrix"


def word() -> str:
    """A word nobody used yet."""
    return f"w{uuid4().hex[:8]}"


@dataclass(frozen=True)
class Value:
    """How one argument of some URLs is filled."""

    argument: str
    urls: tuple[str, ...]
    make: Callable[[Project], object]
    names_record: bool


VALUES: list[Value] = []


def value(argument: str, *urls: str, names_record: bool = True) -> Callable[..., Callable[[Project], object]]:
    """Register a factory for `argument` of the named URLs."""

    def register(make: Callable[[Project], object]) -> Callable[[Project], object]:
        VALUES.append(Value(argument, urls, make, names_record))
        return make

    return register


def value_for(argument: str, url: str) -> Value | None:
    """The factory of an argument in a URL (`app:name`), or None."""
    return next((v for v in VALUES if v.argument == argument and any(fnmatchcase(url, p) for p in v.urls)), None)
