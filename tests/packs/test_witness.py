"""`verify_ledger --against PACK`: a pack handed out before speaks against a database rolled back since."""

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
from tests.packs.conftest import a_project, ask

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]


@pytest.fixture
def handed_out(rooms: None, tmp_path: Path) -> Any:
    """A pack as PDF and as ZIP, and what undoes everything written since the project was made."""
    project, mara = a_project()
    first = builder.build(ask(project, mara), lambda stage, percent: None)  # seals what there is
    backup = transaction.savepoint()
    with change(by=mara, reason="Switzerland follows."):
        project.countries = "DE AT CH"
        project.save()
    built = builder.build(ask(project, mara, as_at=timezone.now()), lambda stage, percent: None)
    files = {"pdf": tmp_path / "pack.pdf", "zip": tmp_path / "pack.zip", "older": tmp_path / "older.zip"}
    files["pdf"].write_bytes(built.pdf.read_bytes())
    files["zip"].write_bytes(built.archive.read_bytes())
    files["older"].write_bytes(first.archive.read_bytes())
    return project, files, lambda: transaction.savepoint_rollback(backup)


@pytest.mark.parametrize("kind", ["pdf", "zip"])
def test_a_pack_speaks_against_a_database_rolled_back_since(handed_out: Any, kind: str) -> None:
    project, files, roll_back = handed_out
    witness = read(files[kind])
    assert list(compare(witness)) == []

    roll_back()
    found = [str(one) for one in compare(witness)]
    assert found[0].startswith(f"{project.stream}: holds ")
    assert f"projects.project {project.reference} (~ at" in found[0]


def test_an_older_pack_agrees_with_a_history_that_went_on(handed_out: Any) -> None:
    assert list(compare(read(handed_out[1]["older"]))) == []


def test_a_pack_that_was_changed_is_no_witness(handed_out: Any) -> None:
    path = handed_out[1]["pdf"]
    path.write_bytes(path.read_bytes().replace(b"/Producer", b"/Producex", 1) + b"x")
    with pytest.raises(NotAWitness, match=r"pack\.pdf proves nothing"):
        read(path)


def test_a_history_rewritten_and_signed_with_the_true_key_is_found_by_the_older_pack(
    handed_out: Any, tmp_path: Path
) -> None:
    project, files, roll_back = handed_out
    roll_back()
    project.refresh_from_db()
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
