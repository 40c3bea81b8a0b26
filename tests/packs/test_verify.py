"""Whoever holds a pack can tell whether it is genuine, with Python alone."""

import io
import json
import random
import subprocess
import sys
import zipfile
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from compliance.ledger.proof.checkpoint import sign_note, vkey
from compliance.packs.verifier import single_file
from compliance.packs.verifier.checks import report
from compliance.packs.verifier.history import check_history, check_since
from compliance.packs.verifier.pack import Pack
from compliance.packs.verifier.reading import Tampered

pytestmark = [
    pytest.mark.once,
    pytest.mark.django_db,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("made"),
]


def members(archive):
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def written(path, files, *, sums=True):
    """Write files as a ZIP, with fitting SHA256SUMS unless told otherwise."""
    if sums:
        files = {name: data for name, data in files.items() if name != "SHA256SUMS"}
        lines = [f"{sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items())]
        files["SHA256SUMS"] = "".join(lines).encode()
    with zipfile.ZipFile(path, "w") as target:
        for name, data in files.items():
            target.writestr(name, data)
    return str(path)


def flipped(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def with_manifest(files, path, data):
    """Change a file and its line in the manifest, as somebody without the key could."""
    manifest = json.loads(files["manifest.json"])
    for item in manifest["files"]:
        if item["path"] == path:
            item["sha256"], item["size"] = sha256(data).hexdigest(), len(data)
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {**files, path: data, "manifest.json": text.encode()}


def test_pdf_zip_and_folder_are_each_genuine_and_complete(made, on_disk, tmp_path):
    pdf, archive = on_disk
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path / "folder")
    for path in (pdf, archive, tmp_path / "folder"):
        code, lines = report(str(path))
        assert (code, lines[0]) == (0, "PK-0001  Project file: Stridewell, Lumaro")
        assert "GENUINE AND COMPLETE. For the working papers:" in lines


def test_the_shipped_file_needs_nothing_but_python(made, on_disk, tmp_path):
    pdf, archive = on_disk
    script = tmp_path / "verify.py"
    script.write_bytes(members(made.archive)["verify.py"])
    assert script.read_text() == single_file()
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(flipped(made.pdf, 5000))
    strange = tmp_path / "strange.pdf"
    strange.write_bytes(b"hello")
    for path, code in ((pdf, 0), (archive, 0), (changed, 1), (strange, 2), (tmp_path / "missing", 2)):
        done = subprocess.run([sys.executable, "-I", "-S", str(script), str(path)], capture_output=True, check=False)
        assert (path.name, done.returncode, done.stderr) == (path.name, code, b"")


def test_the_shipped_file_stays_readable():
    lines = single_file().splitlines()
    assert max(len(line) for line in lines) <= 120
    assert not [line for line in lines if "compliance" in line]


def test_one_byte_changed_in_any_file_of_the_zip_is_found(made, tmp_path):
    files = members(made.archive)
    for name, data in files.items():
        code, lines = report(written(tmp_path / "x.zip", {**files, name: flipped(data, len(data) // 2)}, sums=False))
        assert (name, code) == (name, 1), lines


def test_one_byte_of_a_history_line_is_found_even_when_manifest_and_sums_follow(made, tmp_path):
    files = members(made.archive)
    history = files["history/history.jsonl"]
    at = history.index(b"Austria")
    changed = with_manifest(files, "history/history.jsonl", flipped(history, at))
    code, lines = report(written(tmp_path / "x.zip", changed))
    assert code == 1
    assert "NOT GENUINE: the history/history.jsonl inside the PDF is another one." in lines
    assert lines[-1].endswith("is not the one the PDF knows.")


@pytest.mark.parametrize("name", ["exhibits/E-001_access-review.pdf", "data/register.csv", "verify.py"])
def test_an_exchanged_file_is_found_even_when_manifest_and_sums_follow(made, tmp_path, name):
    files = members(made.archive)
    code, _ = report(written(tmp_path / "x.zip", with_manifest(files, name, files[name] + b"\n")))
    assert code == 1


@pytest.mark.parametrize("place", ["exhibits/more.pdf", "notes.txt", "second.pdf"])
def test_a_file_that_does_not_belong_is_named(made, tmp_path, place):
    code, lines = report(written(tmp_path / "x.zip", {**members(made.archive), place: b"x"}))
    assert code == 1
    assert place in lines[-1] or "PK-0001" in lines[-1]


@pytest.mark.parametrize("name", ["ledger.json", "history/history.jsonl", "exhibits/E-001_access-review.pdf"])
def test_a_missing_file_is_named(made, tmp_path, name):
    files = members(made.archive)
    del files[name]
    code, lines = report(written(tmp_path / "x.zip", files))
    assert code == 1
    assert f"NOT GENUINE: {name} is missing or was changed." in lines


def test_one_byte_changed_anywhere_in_the_pdf_is_found(made, tmp_path):
    signature = made.pdf.index(b"/ByteRange")
    chosen = random.Random(7)
    places = [chosen.randrange(len(made.pdf)) for _ in range(60)]
    places += [chosen.randrange(signature - 6000, len(made.pdf)) for _ in range(60)]
    places += [0, len(made.pdf) - 1]
    path = tmp_path / "x.pdf"
    for at in places:
        path.write_bytes(flipped(made.pdf, at))
        assert (at, report(str(path))[0]) in {(at, 1), (at, 2)}


@pytest.mark.parametrize(
    "change", [lambda pdf: pdf + b"\n", lambda pdf: pdf[:-1], lambda pdf: pdf + b"%x", lambda p: p * 2]
)
def test_a_pdf_with_something_added_or_cut_off_is_found(made, tmp_path, change):
    path = tmp_path / "x.pdf"
    path.write_bytes(change(made.pdf))
    assert report(str(path))[0] == 1


def test_dropping_moving_or_repeating_an_entry_is_found(made, tmp_path):
    files = members(made.archive)
    lines = files["history/history.jsonl"].splitlines(keepends=True)
    for other in (lines[:-1], lines[1:], [lines[1], lines[0], *lines[2:]], [*lines, lines[-1]]):
        changed = with_manifest(files, "history/history.jsonl", b"".join(other))
        assert report(written(tmp_path / "x.zip", changed))[0] == 1


def test_a_pack_signed_by_somebody_else_is_not_theirs_to_name(made, on_disk):
    other = vkey("assay.local/ledger", Ed25519PrivateKey.generate())
    code, lines = report(str(on_disk[0]), key=other)
    assert code == 1
    assert lines[-1].startswith("NOT GENUINE: the pack is signed by another key than the one you gave")


def test_the_key_given_by_another_way_is_recognised(made, on_disk):
    key = json.loads(members(made.archive)["ledger.json"])["key"]
    code, lines = report(str(on_disk[0]), key=key)
    assert (code, lines[-1]) == (0, f"  Signed with the key {key}")


def test_a_signature_made_with_another_key_is_found(made, tmp_path):
    files = members(made.archive)
    text = files["signature.txt"].decode().split("\n\n")[0] + "\n"
    forged = sign_note(text, "assay.local/ledger", Ed25519PrivateKey.generate())
    code, lines = report(written(tmp_path / "x.zip", {**files, "signature.txt": forged.encode()}))
    assert code == 1
    assert "is signed by another key" in lines[-1]


def test_a_history_rewritten_since_an_older_pack_is_found(on_disk):
    now, older = Pack(str(on_disk[1])), Pack(str(on_disk[0]))
    check_history(now)
    assert check_since(now, older) == "nothing in the history of pack.pdf was changed since"
    stream = next(iter(now.hashes))
    own = now.hashes[stream]
    now.hashes[stream] = own[:32] + bytes(32) + own[64:]
    with pytest.raises(Tampered, match="HISTORY WAS REWRITTEN: entry 2 of project:"):
        check_since(now, older)
    now.hashes[stream] = own[:32]
    with pytest.raises(Tampered, match=r"HISTORY WAS CUT: the history of project:.* ends at entry 1"):
        check_since(now, older)
