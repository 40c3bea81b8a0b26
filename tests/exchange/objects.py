"""What the access matrix puts into the addresses of import and export."""

from io import BytesIO

from compliance.exchange.registry import sheets
from compliance.exchange.services import preview, receive
from compliance.projects.models import Project
from tests.controls.objects import somebody
from tests.objects import value

FIRST = next(one for one in sheets if one.in_projects)


@value("sheet", "exchange:*", names_record=False)
def key(project: Project) -> str:
    """The one whose kind the matrix asks about; tests/exchange/test_pages.py holds the others to theirs."""
    return FIRST.key


@value("reference", "exchange:*item")
def item(project: Project) -> str:
    """A file with one error, handed in for the project."""
    file = BytesIO(",".join(FIRST.identity).encode() + b"\nnone,none\n")
    made = receive(sheet=FIRST, scope=project, stream=file, name="list.csv", by=somebody(project))
    return preview(made).reference
