"""Every way of tampering is found, in the ZIP and in the PDF alone, and the place is named.

`KINDS` is the list of the issue; a kind without a mutation, or a mutation the verifier accepts, fails here.
"""

import io
import json
import re
import subprocess
import sys
import zipfile

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from compliance.ledger import change
from compliance.ledger.proof.checkpoint import sign_note
from compliance.ledger.rotation import rotate
from compliance.packs import builder
from compliance.packs.verifier.checks import report
from tests.packs.conftest import Made, a_project, ask, only_ours
from tests.packs.test_verify import flipped, members, with_manifest, written

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.timeout(900), pytest.mark.xdist_group("mutations")]

KINDS = {
    "edit",
    "delete",
    "insert",
    "reorder",
    "back-date",
    "truncate the tail",
    "swap two projects' chains",
    "replace an exhibit",
    "edit the PDF text",
    "re-sign with another key",
    "roll back",
    "flip a bit of the PDF",
    "flip a bit of the ZIP",
}
HISTORY = "history/history.jsonl"


@pytest.fixture(scope="module")
def packs(empty_stage, django_db_blocker, tmp_path_factory):
    """An older pack, the pack, one of another project, one by another key, and one since the key was changed."""
    empty_stage()
    key_file = override_settings(ASSAY_SIGNING_KEY_FILE=tmp_path_factory.mktemp("keys") / "ledger.key")
    with django_db_blocker.unblock(), key_file, only_ours(), transaction.atomic():
        project, mara = a_project()
        found = {"older": built(ask(project, mara, as_at=timezone.now()))}
        with change(by=mara, reason="Switzerland follows."):
            project.countries = "DE AT CH"
            project.save()
        found["pack"] = built(ask(project, mara, as_at=timezone.now()))
        found["forged"] = forged(ask(project, mara, as_at=timezone.now()))
        from compliance.projects import services as projects

        other = projects.create_project(organisation=project.organisation, name="Nightfall", by=mara)
        found["other"] = built(ask(other, mara, as_at=timezone.now()))
        found["meanwhile"] = built(ask(project, mara, as_at=timezone.now()), changing_the_key)
        with change(by=mara, reason="Italy follows."):
            project.countries = "DE AT CH IT"
            project.save()
        found["rotated"] = built(ask(project, mara, as_at=timezone.now()))
        transaction.set_rollback(True)
    return found


def changing_the_key(stage, percent):
    if stage == "Assembling and signing the PDF":
        rotate(reason="The yearly change of keys.")


def built(pack, say=lambda stage, percent: None):
    made = builder.build(pack, say)
    return Made(pack, made.pdf.read_bytes(), made.archive.read_bytes(), made.contents.hash)


def forged(pack):
    """A pack whose maker holds another key, and has signed everything with it."""
    key = Ed25519PrivateKey.generate()

    def proven(history):
        proof = honest(history)
        text = proof["checkpoint"].split("\n\n")[0] + "\n"
        return {**proof, "checkpoint": sign_note(text, "assay.local/ledger", key)}

    honest = builder.prove_history
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builder.sign, "ledger_key", lambda: key)
        patch.setattr(builder, "prove_history", proven)
        return built(pack)


def lines_of(packs):
    return members(packs["pack"].archive)[HISTORY].splitlines(keepends=True)


def edited(lines):
    at = next(number for number, line in enumerate(lines) if b"Austria" in line)
    return [*lines[:at], lines[at].replace(b"Austria", b"Bavaria"), *lines[at + 1 :]]


def back_dated(lines):
    return [*lines[:2], re.sub(rb'"at":"\d{4}', b'"at":"2019', lines[2], count=1), *lines[3:]]


def inserted(lines):
    return [*lines[:2], lines[1], *lines[2:]]


# What somebody does to the lines of the history, and what the verifier must then say.
LINES = {
    "edit": (edited, r"project:\S+ was changed, cut or reordered: entry \d+ is not the one the PDF knows"),
    "delete": (lambda lines: [*lines[:1], *lines[2:]], r"entry 2 of project:\S+ is another one"),
    "insert": (inserted, r"entry 3 of project:\S+ is another one"),
    "reorder": (lambda lines: [lines[1], lines[0], *lines[2:]], r"entry 1 of project:\S+ is another one"),
    "back-date": (back_dated, r"project:\S+ was changed, cut or reordered: entry 3 is not the one the PDF knows"),
    "truncate the tail": (lambda lines: lines[:-1], r"history\.jsonl holds \d+ entries, not \d+"),
}


def archive_with(packs, path, data):
    """The ZIP with another file in it; manifest and sums are made to fit, the signatures cannot be."""
    return with_manifest(members(packs["pack"].archive), path, data)


def pdf_with(pdf, name, data):
    """The PDF with another attachment, written anew as a program would."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        pikepdf.NameTree(opened.Root.Names.EmbeddedFiles)[name].EF.F.write(data)
        target = io.BytesIO()
        opened.save(target)
    return target.getvalue()


def pdf_in_place(pdf, old, new):
    """The PDF with the signed bytes of an attachment exchanged where they stand."""
    at = pdf.index(old)
    return pdf[:at] + new + pdf[at + len(old) :]


def of_zip(packs, folder):
    """Every mutation of the ZIP: kind, path of the mutated pack, and what must be said."""
    for kind, (mutate, said) in LINES.items():
        yield kind, archive_with(packs, HISTORY, b"".join(mutate(lines_of(packs)))), said
    theirs = members(packs["other"].archive)[HISTORY]
    yield (
        "swap two projects' chains",
        archive_with(packs, HISTORY, theirs),
        "entry 1 of project:.* is of another stream",
    )
    exhibit = "exhibits/E-001_access-review.pdf"
    said = f"the manifest inside the PDF is another one|{exhibit} was changed"
    yield "replace an exhibit", archive_with(packs, exhibit, b"%PDF-1.7 another"), said
    files = members(packs["pack"].archive)
    name = next(name for name in files if name.endswith(".pdf") and "/" not in name)
    yield "edit the PDF text", {**files, name: with_other_text(files[name])}, "PDF"
    for number in range(24):
        path = sorted(files)[number % len(files)]
        at = len(files[path]) * (number + 1) // 25
        yield "flip a bit of the ZIP", {**files, path: flipped(files[path], at)}, path.split("/")[-1].split(".")[0]


def with_other_text(pdf):
    """A page's drawing exchanged, by an update appended as an editor does."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        page = opened.pages[1]
        page.Contents = opened.make_stream(b"BT (All is well) Tj ET")
        target = io.BytesIO()
        opened.save(target)
    return target.getvalue()


def of_pdf(packs):
    """Every mutation of the PDF alone."""
    pdf = packs["pack"].pdf
    for kind, (mutate, _) in LINES.items():
        yield kind, pdf_with(pdf, "history.jsonl", b"".join(mutate(lines_of(packs))))
    yield "swap two projects' chains", pdf_with(pdf, "history.jsonl", members(packs["other"].archive)[HISTORY])
    manifest = members(packs["pack"].archive)["manifest.json"].replace(b"access-review", b"excess-review")
    yield "replace an exhibit", pdf_with(pdf, "manifest.json", manifest)
    yield "edit the PDF text", with_other_text(pdf)
    yield "edit the PDF text", pdf_in_place(pdf, b"/Lang (en)", b"/Lang (de)")
    for number in range(40):
        yield "flip a bit of the PDF", flipped(pdf, len(pdf) * number // 40)


def test_every_kind_of_tampering_with_the_zip_is_found_and_the_place_named(packs, tmp_path):
    kinds = set()
    for kind, files, said in of_zip(packs, tmp_path):
        code, lines = report(written(tmp_path / "x.zip", files, sums=kind != "flip a bit of the ZIP"))
        assert (kind, code) == (kind, 1), lines
        assert re.search(said, "\n".join(lines)), (kind, lines)
        kinds.add(kind)
    assert kinds == KINDS - {"re-sign with another key", "roll back", "flip a bit of the PDF"}


def test_every_kind_of_tampering_with_the_pdf_alone_is_found(packs, tmp_path):
    kinds, path = set(), tmp_path / "x.pdf"
    for kind, data in of_pdf(packs):
        path.write_bytes(data)
        code, lines = report(str(path))
        assert (kind, code) in {(kind, 1), (kind, 2)}, lines
        kinds.add(kind)
    assert kinds == KINDS - {"re-sign with another key", "roll back", "flip a bit of the ZIP"}


@pytest.mark.parametrize("what", ["pdf", "archive"])
def test_a_pack_made_with_another_key_is_found_by_the_key_and_by_an_older_pack(packs, tmp_path, what):
    path, older = tmp_path / f"forged.{what[:3]}", tmp_path / f"older.{what[:3]}"
    path.write_bytes(getattr(packs["forged"], what))
    older.write_bytes(getattr(packs["older"], what))
    key = json.loads(members(packs["pack"].archive)["ledger.json"])["key"]
    assert report(str(path), key=key)[0] == 1
    code, lines = report(str(path), since=str(older))
    assert (code, lines[-1]) == (
        1,
        "NOT GENUINE: the older pack is signed by another key, which vouches for none since.",
    )


@pytest.mark.parametrize("what", ["pdf", "archive"])
def test_a_history_rolled_back_is_found_by_the_newer_pack(packs, tmp_path, what):
    now, newer = tmp_path / f"now.{what[:3]}", tmp_path / f"newer.{what[:3]}"
    now.write_bytes(getattr(packs["older"], what))
    newer.write_bytes(getattr(packs["pack"], what))
    code, lines = report(str(now), since=str(newer))
    assert code == 1
    assert "HISTORY WAS CUT" in lines[-1]


@pytest.mark.parametrize("what", ["pdf", "archive"])
def test_the_good_pack_is_accepted_and_continues_the_older_one(packs, tmp_path, what):
    path, older = tmp_path / f"pack.{what[:3]}", tmp_path / f"older.{what[:3]}"
    path.write_bytes(getattr(packs["pack"], what))
    older.write_bytes(getattr(packs["older"], what))
    code, lines = report(str(path), since=str(older))
    assert code == 0, lines
    assert lines[6] == f"  ok  Since       nothing in the history of {older.name} was changed since."


@pytest.mark.parametrize("what", ["pdf", "archive"])
def test_a_pack_made_since_the_key_was_changed_continues_the_older_one(packs, tmp_path, what):
    newer, older = tmp_path / f"newer.{what[:3]}", tmp_path / f"older.{what[:3]}"
    newer.write_bytes(getattr(packs["rotated"], what))
    older.write_bytes(getattr(packs["pack"], what))
    keys = [json.loads(members(packs[name].archive)["ledger.json"])["key"] for name in ("pack", "rotated")]
    assert keys[0] != keys[1]
    code, lines = report(str(newer), since=str(older))
    names = ["+".join(key.split("+")[:2]) for key in keys]
    assert (code, [line for line in lines if line.startswith(("  ok  Keys", "  ok  Since"))]) == (
        0,
        [
            f"  ok  Keys        {names[0]} gave way to {names[1]} on {timezone.now():%Y-%m-%d} "
            "(The yearly change of keys.) by the key before it.",
            f"  ok  Since       nothing in the history of {older.name} was changed since.",
        ],
    )
    assert report(str(older), since=str(newer))[0] == 1
    script = tmp_path / "verify.py"
    script.write_bytes(members(packs["rotated"].archive)["verify.py"])
    assert [run(script, newer, "--since", older), run(script, older, "--since", newer)] == [0, 1]


@pytest.mark.parametrize("what", ["pdf", "archive"])
def test_a_pack_stands_on_one_key_even_when_another_takes_over_while_it_is_made(packs, tmp_path, what):
    path = tmp_path / f"meanwhile.{what[:3]}"
    path.write_bytes(getattr(packs["meanwhile"], what))
    keys = [json.loads(members(packs[name].archive)["ledger.json"])["key"] for name in ("pack", "meanwhile")]
    code, lines = report(str(path), key=keys[0])
    assert (keys[0], code) == (keys[1], 0), lines


def test_another_projects_pack_is_no_older_pack(packs, tmp_path):
    path, other = tmp_path / "pack.zip", tmp_path / "other.zip"
    path.write_bytes(packs["pack"].archive)
    other.write_bytes(packs["other"].archive)
    code, lines = report(str(path), since=str(other))
    assert (code, lines[-1]) == (1, "NOT GENUINE: other.zip is a pack of another project or organisation.")


def test_the_shipped_verifier_says_the_same_without_anything_installed(packs, tmp_path):
    script = tmp_path / "verify.py"
    script.write_bytes(members(packs["pack"].archive)["verify.py"])
    seen = set()
    for kind, files, _ in of_zip(packs, tmp_path):
        if kind not in seen:
            seen.add(kind)
            path = written(tmp_path / "x.zip", files, sums=kind != "flip a bit of the ZIP")
            assert (kind, run(script, path)) == (kind, 1)
    path = tmp_path / "pack.zip"
    path.write_bytes(packs["pack"].archive)
    assert run(script, path) == 0


def run(script, *arguments):
    command = [sys.executable, "-I", "-S", str(script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False).returncode


HARMFUL = {
    "../outside.txt": "leads elsewhere",
    "/etc/passwd": "leads elsewhere",
    "history/../../x": "leads elsewhere",
    "C:\\x": "leads elsewhere",
}


@pytest.mark.parametrize("name", sorted(HARMFUL))
def test_a_zip_that_leads_elsewhere_is_refused(packs, tmp_path, name):
    code, lines = report(written(tmp_path / "x.zip", {**members(packs["pack"].archive), name: b"x"}))
    assert code == 1
    assert HARMFUL[name] in lines[-1]


def test_a_zip_that_unpacks_to_more_than_it_should_is_refused_before_it_is_unpacked(packs, tmp_path):
    path = tmp_path / "x.zip"
    files = members(packs["pack"].archive)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in files.items():
            target.writestr(name, bytes(50_000_000) if name == HISTORY else data)
    code, lines = report(str(path))
    assert code == 1
    assert any(line.startswith("NOT GENUINE: history/history.jsonl was changed") for line in lines)
