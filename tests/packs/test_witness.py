"""`verify_ledger --against PACK`: a pack handed out before speaks against a database rolled back since."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.ledger.witnesses import NotAWitness, compare, read
from compliance.packs import builder
from compliance.packs.verifier.checks import report
from compliance.projects.models import Project
from tests.packs.conftest import a_project, ask, only_ours

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300), pytest.mark.xdist_group("witness")]


@dataclass
class HandedOut:
    """Packs made before the database was rolled back, and what was said of them until then."""

    project: Project
    files: dict[str, Path]
    agreed: dict[str, list[str]]


@pytest.fixture(scope="module")
def handed_out(
    empty_stage: Callable[[], None], django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HandedOut]:
    """A pack as PDF and as ZIP, and an older one; everything written since the older one was lost afterwards."""
    folder = tmp_path_factory.mktemp("witness")
    files = {"pdf": folder / "pack.pdf", "zip": folder / "pack.zip", "older": folder / "older.zip"}
    empty_stage()
    with django_db_blocker.unblock(), only_ours(), transaction.atomic():
        project, mara = a_project()
        first = builder.build(ask(project, mara), lambda stage, percent: None)  # seals what there is
        files["older"].write_bytes(first.archive.read_bytes())
        backup = transaction.savepoint()
        with change(by=mara, reason="Switzerland follows."):
            project.countries = "DE AT CH"
            project.save()
        built = builder.build(ask(project, mara, as_at=timezone.now()), lambda stage, percent: None)
        files["pdf"].write_bytes(built.pdf.read_bytes())
        files["zip"].write_bytes(built.archive.read_bytes())
        agreed = {kind: [str(one) for one in compare(read(path))] for kind, path in files.items()}
        transaction.savepoint_rollback(backup)
        project.refresh_from_db()
        yield HandedOut(project, files, agreed)
        transaction.set_rollback(True)


@pytest.mark.parametrize("kind", ["pdf", "zip"])
def test_a_pack_speaks_against_a_database_rolled_back_since(handed_out: HandedOut, kind: str) -> None:
    project = handed_out.project
    assert handed_out.agreed[kind] == []
    found = [str(one) for one in compare(read(handed_out.files[kind]))]
    assert found[0].startswith(f"{project.stream}: holds ")
    assert f"projects.project {project.reference} (~ at" in found[0]


def test_an_older_pack_agrees_with_a_history_that_went_on(handed_out: HandedOut) -> None:
    assert handed_out.agreed["older"] == []


def test_a_pack_that_was_changed_is_no_witness(handed_out: HandedOut, tmp_path: Path) -> None:
    path = tmp_path / "pack.pdf"
    path.write_bytes(handed_out.files["pdf"].read_bytes().replace(b"/Producer", b"/Producex", 1) + b"x")
    with pytest.raises(NotAWitness, match=r"pack\.pdf proves nothing"):
        read(path)


def test_a_history_rewritten_and_signed_with_the_true_key_is_found_by_the_older_pack(
    handed_out: HandedOut, rooms: None, tmp_path: Path
) -> None:
    project, files = deepcopy(handed_out.project), handed_out.files
    for countries in ("DE AT IT", "DE AT IT ES"):
        with change(by="tests", reason="As if Switzerland had never followed."):
            project.countries = countries
            project.save()
    rewritten = tmp_path / "rewritten.zip"
    pack = ask(project, User.objects.get(email="mara@packs.example"), as_at=timezone.now())
    built = builder.build(pack, lambda stage, percent: None)
    rewritten.write_bytes(built.archive.read_bytes())

    assert report(str(rewritten))[0] == 0
    code, lines = report(str(rewritten), since=str(files["zip"]))
    assert (code, lines[-1].partition(": entry")[0]) == (1, "NOT GENUINE: HISTORY WAS REWRITTEN")
