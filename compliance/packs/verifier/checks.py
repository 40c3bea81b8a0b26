"""The checks, in the order they are reported."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

from compliance.packs.verifier.pack import PACK, Pack
from compliance.packs.verifier.pdf import attachments, check_pdf_signature
from compliance.packs.verifier.reading import (
    Tampered,
    Unreadable,
    canonical,
    load,
    need,
    sha256,
    unbase64,
    unhex,
)
from compliance.packs.verifier.rotation import keys_of
from compliance.packs.verifier.signatures import open_note
from compliance.packs.verifier.tree import continues, included, leaf_hash, root_of

SIGNER = "assay-pdf-signer/1"
BESIDE = {"manifest.json", "signature.txt", "SHA256SUMS"}


def check_files(pack: Pack) -> str:
    """Every file has the hash the manifest gives, and no other file lies among them."""
    listed = {item["path"]: item for item in pack.manifest["files"]}
    expected = [item for item in listed.values() if item["attached"] or not pack.alone]
    for item in expected:
        need(sha256(pack.read(item["path"])).hex() == item["sha256"], f"{item['path']} was changed")
    strange = set(pack.files) - set(listed) - BESIDE - {pack.pdf_name}
    need(not strange, f"{', '.join(sorted(strange))} does not belong to the pack")
    content = sha256(pack.read("content.json")).hex()
    need(content == pack.manifest["content"], "the content hash is not that of content.json")
    if not pack.alone:
        _check_sums(pack)
    return f"{len(expected)} files have the hash the manifest gives, and there is no other"


def check_signature(pack: Pack) -> str:
    """The PDF is whole and signed by a certificate the ledger's key vouches for, the ZIP by that key itself."""
    pdf = pack.read(pack.pdf_name)
    certificate = sha256(check_pdf_signature(pdf)).hex()
    vouched = open_note(pack.proof["signer"], pack.key)
    need(vouched == [SIGNER, certificate], "the PDF's certificate is not the one the ledger's key vouches for")
    inside = attachments(pdf)
    for item in pack.manifest["files"]:
        need(not item["attached"] or item["sha256"] in inside, f"the {item['path']} inside the PDF is another one")
    manifest = sha256(pack.read("manifest.json")).hex()
    need(manifest in inside, "the manifest inside the PDF is another one")
    if not pack.alone:
        lines = open_note(pack.read("signature.txt").decode("utf-8"), pack.key)
        signed = [PACK, f"manifest {manifest}", f"pdf {sha256(pdf).hex()}"]
        need(lines == signed, "signature.txt was made for another manifest or PDF")
    what = "the PDF is" if pack.alone else "the PDF and the manifest are"
    return f"{what} signed, to the last byte, by {_short(pack.key)}"


def check_history(pack: Pack) -> str:
    """All entries of every stream, rebuilt, give the head that is in the signed log."""
    entries = withheld = 0
    for item in pack.proof["streams"]:
        rebuilt = [_entry(line, number, item["stream"]) for number, line in enumerate(pack.lines(item["history"]))]
        pack.hashes[item["stream"]] = [leaf_hash(entry) for entry, _ in rebuilt]
        _check_stream(item, pack.hashes[item["stream"]], pack.key)
        entries, withheld = entries + len(rebuilt), withheld + sum(count for _, count in rebuilt)
    proven = [(item["stream"], item["size"], item["root"]) for item in pack.proof["streams"]]
    printed = [(item["stream"], item["size"], item["root"]) for item in pack.manifest["ledger"]]
    need(proven and proven == printed, "the ledger head in the manifest is another one")
    held = f"; {withheld} values are withheld or erased, which the proof shows" if withheld else ""
    return (
        f"{entries} entries, rebuilt one by one, give the head in the signed log: none missing, changed or moved{held}"
    )


def check_since(pack: Pack, older: Pack) -> str:
    """The older pack's history is the beginning of this one's."""
    check_history(older)
    need(older.key in keys_of(pack.proof), "the older pack is signed by another key, which vouches for none since")
    for stream, hashes in older.hashes.items():
        now = pack.hashes.get(stream, [])
        pairs = enumerate(zip(hashes, now))  # noqa: B905 - strict is younger than the Pythons auditors have
        same = next((at for at, (old, new) in pairs if old != new), min(len(hashes), len(now)))
        need(same == len(hashes), f"HISTORY WAS REWRITTEN: entry {same} of {stream} is not the one in {older.name}")
    return f"nothing in the history of {older.name} was changed since"


def report(path: str, since: str = "", key: str = "") -> tuple[int, list[str]]:
    """Check a pack; return the exit code and the lines to print."""
    lines: list[str] = []
    try:
        lines.extend(_checked(path, since, key))
    except Tampered as reason:
        return 1, [*lines, "", f"NOT GENUINE: {reason}."]
    except Unreadable as reason:
        return 2, [*lines, f"CANNOT BE READ: {reason}."]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        return 1, [*lines, "", f"NOT GENUINE: the pack is damaged ({type(error).__name__}: {error})."]
    return 0, lines


def main(arguments: list[str]) -> int:
    """Read the command line, print the report, return the exit code."""
    path, options = os.path.dirname(os.path.abspath(__file__)), {"--since": "", "--key": ""}
    words = iter(arguments)
    for word in words:
        if word in options:
            options[word] = next(words, "")
        elif word.startswith("-"):
            sys.stdout.write(__doc__ or "")
            return 2
        else:
            path = word
    code, lines = report(path, options["--since"], options["--key"])
    # A console that lacks a character must not hide the answer.
    sys.stdout.buffer.write(("\n".join(lines) + "\n").encode(sys.stdout.encoding or "utf-8", "replace"))
    return code


def _checked(path: str, since: str, key: str) -> Iterator[str]:
    pack = Pack(path)
    about = pack.manifest["pack"]
    yield f"{about['reference']}  {about['title']}: {about['project']}, {about['organisation']}"
    yield f"as at {about['as_at']}, period {about['period_start']} to {about['period_end']}"
    yield ""
    need(not key or key == pack.key, f"the pack is signed by another key than the one you gave: {pack.key}")
    yield f"  ok  Files       {check_files(pack)}."
    yield f"  ok  Signature   {check_signature(pack)}."
    yield f"  ok  History     {check_history(pack)}."
    if since:
        yield f"  ok  Since       {check_since(pack, Pack(since))}."
    yield from _verdict(pack, key)


def _verdict(pack: Pack, key: str) -> Iterator[str]:
    """Words for the working papers."""
    yield ""
    yield "GENUINE AND COMPLETE. For the working papers:"
    yield ""
    yield f"  {pack.name}, content {pack.manifest['content'][:16]}, was checked with verify.py."
    yield "  Every file has the hash its manifest gives, and manifest and PDF carry a valid signature."
    for head in pack.manifest["ledger"]:
        scope = head["stream"].split(":")[0]
        yield f"  The history of the {scope}, {head['size']} entries, is complete up to ledger head"
        yield f"  {head['root']};"
    yield "  no entry was changed, removed or reordered."
    yield f"  Signed with the key {pack.key}"
    if not key:
        yield "  (compare it with the one the organisation gave you by another way; --key does)"


def _check_sums(pack: Pack) -> None:
    sums = {line.split("  ", 1)[1]: line[:64] for line in pack.read("SHA256SUMS").decode("utf-8").splitlines()}
    names = set(pack.files) - {"SHA256SUMS"}
    changed = sorted(name for name in names if sums.get(name) != sha256(pack.files[name]).hex())
    need(not changed, f"{', '.join(changed)} was changed after SHA256SUMS was written")
    text = "".join(f"{sums[name]}  {name}\n" for name in sorted(names))
    need(text.encode() == pack.files["SHA256SUMS"], "SHA256SUMS lists a file that is not there")


def _entry(line: bytes, number: int, stream: str) -> tuple[bytes, int]:
    """Rebuild one ledger entry from a line of the history; also tell how many of its values are withheld."""
    where = f"history line {number + 1}"
    row = load(line, where)
    need(set(row) == {"seq", "envelope", "fields"} and row["seq"] == number, f"{where} is not entry {number}")
    need(row["envelope"]["stream"] == stream and "fields" not in row["envelope"], f"{where} is of another stream")
    fields = {name: _commitment(name, shown, where) for name, shown in row["fields"].items()}
    withheld = sum("commitment" in shown for shown in row["fields"].values())
    return canonical({**row["envelope"], "fields": fields}), withheld


def _commitment(name: str, shown: Any, where: str) -> str:
    if set(shown) == {"commitment"}:
        return unhex(shown["commitment"]).hex()
    need(set(shown) == {"salt", "value"}, f"{where}: the field {name} cannot be read")
    return sha256(b"fld1" + unhex(shown["salt"], 16) + canonical([name, shown["value"]])).hex()


def _check_stream(item: Any, hashes: list[bytes], key: str) -> None:
    """The entries give the root; the root is (the beginning of) a sealed head; that head is in the signed log."""
    stream, root, head = item["stream"], root_of(hashes), load(item["head"].encode(), "a stream's head")
    whole = (len(hashes), root.hex()) == (item["size"], item["root"])
    need(whole, f"the history of {stream} was changed, cut or reordered")
    need((head["kind"], head["stream"]) == ("head", stream), "a head is of another stream")
    steps = [unhex(step) for step in item["consistency"]]
    sealed = continues(len(hashes), head["size"], root, unhex(head["root"]), steps)
    need(sealed, f"the history of {stream} is not the beginning of the sealed one")
    origin, size, log_root = open_note(item["checkpoint"], key)[:3]
    steps = [unhex(step) for step in item["inclusion"]]
    known = included(item["index"], int(size), leaf_hash(item["head"].encode()), steps, unbase64(log_root))
    need(known and origin == key.split("+")[0], f"the head of {stream} is not in the signed log")


def _short(key: str) -> str:
    return "+".join(key.split("+", 2)[:2])
