"""What the access matrix (tests/test_access.py) puts into URL arguments.

Every URL argument besides `project` and `organisation` needs a factory here, or the matrix fails and names it.
Add yours beside the others:

    @value("reference", "risks:risk", "risks:risk_*")      # the argument, and the URLs it stands in (fnmatch patterns)
    def risk(project: Project) -> str:                     # make a record that belongs to this project
        return add_risk(project=project, title="Lost phone", by=MATRIX, ...).reference

Pages of an organisation get the record of `project.organisation`. The factory runs once per project; make the record
through its service, with `by=MATRIX` or any person. An argument that names no record (a format, a tab) returns a
constant and says so with `names_record=False`: it is then not mixed with other projects' values.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory

from compliance.projects.models import Project
from controls.services.catalogue_load import load_catalogues
from tests.controls.small_catalogue import write_small_catalogue

MATRIX = "access matrix"


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


@value("edition", "controls:*", names_record=False)
def edition(project: Project) -> str:
    """Catalogues are shared by all organisations."""
    with TemporaryDirectory() as folder:
        load_catalogues(folder=write_small_catalogue(Path(folder)), by=MATRIX)
    return "law-1"


@value("ref", "controls:*", names_record=False)
def requirement_ref(project: Project) -> str:
    return "Art.3"
