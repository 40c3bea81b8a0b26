"""More history than one file holds continues in volumes, which stay as they are; no row is set twice."""

import json
import zipfile
from types import SimpleNamespace

import pikepdf
import pytest
from django.db import transaction
from django.utils import timezone

from compliance.ledger import change
from compliance.packs import archive, builder, history, printer, volumes
from compliance.packs.render import sheets
from compliance.packs.verifier.checks import report
from tests.packs.conftest import a_project, ask, only_ours

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.timeout(900), pytest.mark.xdist_group("volumes")]
PIECE, FILE = 5, 20


@pytest.fixture(scope="module")
def many(empty_stage, django_db_blocker, tmp_path_factory):
    """Two packs of a project with fifty entries, one entry apart, where a file holds twenty."""
    folder = tmp_path_factory.mktemp("many")
    empty_stage()
    with django_db_blocker.unblock(), only_ours(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        for module in (history, volumes, printer, archive):
            patch.setattr(module, "FILE", FILE, raising=False)
            patch.setattr(module, "PIECE", PIECE, raising=False)
        project, mara = a_project()
        for number in range(45):
            with change(by=mara, reason=f"Step {number}."):
                project.summary = f"Summary {number} שלום" if number == 5 else f"Summary {number}"
                project.save()
        first = kept(folder / "first", builder.build(ask(project, mara, as_at=timezone.now()), silent))
        with change(by=mara, reason="One more."):
            project.summary = "One more"
            project.save()
        set_again = []
        honest = sheets.set_block
        patch.setattr(printer.sheets, "set_block", lambda *more: set_again.append(more) or honest(*more))
        pack = ask(project, mara, as_at=timezone.now())
        second = kept(folder / "second", builder.build(pack, silent))
        again = kept(folder / "again", builder.build(pack, silent))
        transaction.set_rollback(True)
    return SimpleNamespace(first=first, second=second, again=again, set_again=set_again)


def silent(stage, percent):
    pass


def kept(folder, made):
    folder.mkdir()
    pdf, zipped = folder / "pack.pdf", folder / "pack.zip"
    pdf.write_bytes(made.pdf.read_bytes())
    zipped.write_bytes(made.archive.read_bytes())
    found = []
    for volume in made.volumes:
        found.append(folder / f"{volume.stem}.pdf")
        found[-1].write_bytes(volume.path.read_bytes())
    return SimpleNamespace(pdf=pdf, zip=zipped, volumes=found)


def test_old_entries_stand_in_volumes_and_the_newest_in_the_first_file(many):
    with zipfile.ZipFile(many.second.zip) as opened:
        manifest = json.loads(opened.read("manifest.json"))
        names = set(opened.namelist())
    told = [(one["path"], one["first"], one["last"], one["count"]) for one in manifest["volumes"]]
    assert told == [
        ("volumes/history-0000001-0000020.pdf", 1, 20, 20),
        ("volumes/history-0000021-0000040.pdf", 21, 40, 20),
    ]
    assert {"history/history-0000001-0000020.jsonl", "history/history.jsonl", "history/history-leaves.bin"} <= names


def test_volumes_are_never_made_again_and_one_more_entry_sets_one_piece(many):
    first, second = ([path.read_bytes() for path in one.volumes] for one in (many.first, many.second))
    assert first == second
    assert len(many.set_again) == 1


def test_the_same_pack_built_again_is_the_same_up_to_its_signature(many):
    one, other = (built.pdf.read_bytes().split(b"/Type/Sig")[0] for built in (many.second, many.again))
    assert one == other


@pytest.mark.parametrize("form", ["zip", "pdf"])
def test_the_pack_is_genuine_with_its_volumes_and_without(many, form):
    code, lines = report(str(getattr(many.second, form)))
    assert code == 0, lines
    since = report(str(getattr(many.second, form)), since=str(many.first.pdf))
    assert since[0] == 0, since[1]


def test_the_pdf_alone_says_which_entries_it_knows_by_hash_and_volumes_let_it_rebuild_them(many):
    alone = report(str(many.second.pdf))[1]
    assert any("40 older ones by their hashes" in line for line in alone)
    code, lines = report(str(many.second.pdf), volumes=tuple(map(str, many.second.volumes)))
    assert code == 0, lines
    assert not any("by their hashes" in line for line in lines)


def test_a_changed_volume_is_found(many, tmp_path):
    path = tmp_path / "volume.pdf"
    data = many.second.volumes[0].read_bytes()
    path.write_bytes(data[:900] + bytes([data[900] ^ 1]) + data[901:])
    code, lines = report(str(many.second.pdf), volumes=(str(path),))
    assert (code, lines[-1]) == (1, "NOT GENUINE: volume.pdf is not a volume of this pack, or was changed.")


def test_every_file_is_whole_tagged_and_numbered(many):
    for path in (many.second.pdf, *many.second.volumes):
        with pikepdf.open(path) as pdf:
            assert pdf.check_pdf_syntax() == []
            kids = [str(kid.S) for kid in pdf.Root.StructTreeRoot.K[0].K]
            assert set(kids) == {"/Part"}
            keys = []
            for leaf in pdf.Root.StructTreeRoot.ParentTree.Kids:
                keys.extend(int(key) for key in list(leaf.Nums)[::2])
                assert [int(leaf.Limits[0]), int(leaf.Limits[1])] == [keys[-len(leaf.Nums) // 2], keys[-1]]
            assert keys == sorted(keys)
            names = {str(name) for name in pikepdf.NameTree(pdf.Root.Names.Dests)}
            for page in pdf.pages:
                assert int(page.obj.StructParents) in keys
                for note in page.obj.get("/Annots", []):
                    dest = note.get("/Dest")
                    assert dest is None or not isinstance(dest, pikepdf.String) or str(dest) in names


def test_history_is_read_where_it_stands_and_all_of_it_is_tagged(many):
    with pikepdf.open(many.second.pdf) as pdf:
        numbers = {page.obj.objgen: at for at, page in enumerate(pdf.pages)}
        begins = [numbers[first_page(kid)] for kid in pdf.Root.StructTreeRoot.K[0].K]
        assert begins == sorted(begins)
        for page in pdf.pages:
            depth = 0
            for instruction in pikepdf.parse_content_stream(page):
                operator = str(instruction.operator)
                depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(operator, 0)
                assert depth or operator not in {"Tj", "TJ", "Do", "f", "S", "B"}


def first_page(tag):
    while "/Pg" not in tag:
        tag = tag.K[0] if isinstance(tag.K, pikepdf.Array) else tag.K
    return tag.Pg.objgen
