"""What a program takes out of a pack leaves an entry, too; what a person takes leaves one only."""

from types import SimpleNamespace
from typing import Any

from compliance.accounts.models import User
from compliance.files.models import Disclosure
from compliance.ledger.models import Entry
from compliance.packs import hooks
from compliance.projects.models import Project


def pack_of(project: Project) -> Any:
    """As much of a pack as handing it out asks for."""
    return SimpleNamespace(scope=project, file_stem="stridewell", reference="PK-001")


def test_a_pack_written_by_a_command_is_recorded(stridewell: Project) -> None:
    blob: Any = SimpleNamespace(size=9, sha256="ab" * 32)

    hooks.handed_out(pack_of(stridewell), "pdf", blob, "export_pack")

    row = Disclosure.objects.get()
    entry = Entry.objects.of(row).get()
    assert (row.name, row.subject, row.size, row.stream) == ("stridewell.pdf", "PK-001", 9, stridewell.stream)
    assert (entry.actor, entry.origin) == ("system:export_pack", "command")


def test_a_persons_download_is_left_to_the_response(stridewell: Project, ed: User) -> None:
    hooks.handed_out(pack_of(stridewell), "pdf", SimpleNamespace(size=9, sha256="ab" * 32), ed)  # type: ignore[arg-type]

    assert Disclosure.objects.count() == 0
