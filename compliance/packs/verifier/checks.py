"""The checks, in the order they are reported."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator

from compliance.packs.verifier.history import check_history, check_since, which_entry
from compliance.packs.verifier.pack import PACK, Pack
from compliance.packs.verifier.pdf import check_pdf_signature
from compliance.packs.verifier.reading import Tampered, Unreadable, need, sha256
from compliance.packs.verifier.rotation import short, told_of
from compliance.packs.verifier.signatures import open_note

SIGNER = "assay-pdf-signer/1"
BESIDE = {"manifest.json", "signature.txt", "SHA256SUMS"}
BROKEN = (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError, MemoryError, OverflowError)
Check = Callable[[], str]


def check_files(pack: Pack) -> str:
    """Every file has the hash the manifest gives, and no other file lies among them."""
    expected = [item for item in pack.manifest["files"] if item["attached"] or not pack.alone]
    strange = set(pack.sizes) - set(pack.listed) - BESIDE - {pack.pdf_name}
    need(not strange, f"{', '.join(sorted(strange))} does not belong to the pack")
    for item in expected:
        path = item["path"]
        need(pack.has(path), f"{path} is missing or was changed")
        same = pack.sizes[path] == item["size"] and pack.digest(path) == item["sha256"]
        need(same, f"{path} was changed{'' if same or not path.endswith('.jsonl') else which_entry(pack, path)}")
    content = pack.listed["content.json"]["sha256"]
    need(content == pack.manifest["content"], "the content hash is not that of content.json")
    if not pack.alone:
        _check_sums(pack)
    return f"{len(expected)} files have the hash the manifest gives, and there is no other"


def check_signature(pack: Pack) -> str:
    """The PDF is whole and signed by a certificate the ledger's key vouches for, the ZIP by that key itself."""
    signer, pack.stamp = check_pdf_signature(pack.pdf)
    certificate = sha256(signer).hex()
    vouched = open_note(pack.proof["signer"], pack.key)
    need(vouched == [SIGNER, certificate], "the PDF's certificate is not the one the ledger's key vouches for")
    for item in pack.manifest["files"]:
        same = not item["attached"] or item["sha256"] in pack.inside
        need(same, f"the {item['path']} inside the PDF is another one")
    manifest = sha256(pack.read("manifest.json")).hex()
    need(manifest in pack.inside, "the manifest inside the PDF is another one")
    if not pack.alone:
        lines = open_note(pack.read("signature.txt").decode("utf-8"), pack.key)
        signed = [PACK, f"manifest {manifest}", f"pdf {sha256(pack.pdf).hex()}"]
        need(lines == signed, "signature.txt was made for another manifest or PDF")
    what = "the PDF is" if pack.alone else "the PDF and the manifest are"
    stamp = f"; time-stamped {pack.stamp}" if pack.stamp else ""
    return f"{what} signed, to the last byte, by {short(pack.key)}{stamp}"


def report(path: str, since: str = "", key: str = "", volumes: tuple[str, ...] = ()) -> tuple[int, list[str]]:
    """Check a pack; return the exit code and the lines to print."""
    lines: list[str] = []
    reasons: list[str] = []
    try:
        pack = Pack(path)
        lines.extend(_head(pack))
        for title, check in _checks(pack, since, key, volumes):
            try:
                lines.append(f"  ok  {title:<11} {check()}.")
            except Tampered as reason:
                lines.append(f"  NO  {title:<11} {reason}.")
                reasons.append(str(reason))
    except Tampered as reason:
        reasons.append(str(reason))
    except Unreadable as reason:
        return 2, [*lines, f"CANNOT BE READ: {reason}."]
    except BROKEN as error:
        reasons.append(f"the pack is damaged ({type(error).__name__}: {error})")
    if reasons:
        return 1, [*lines, "", *(f"NOT GENUINE: {reason}." for reason in reasons)]
    return 0, [*lines, *_verdict(pack, key)]


def main(arguments: list[str]) -> int:
    """Read the command line, print the report, return the exit code."""
    paths: list[str] = []
    options = {"--since": "", "--key": ""}
    words = iter(arguments)
    for word in words:
        if word in options:
            options[word] = next(words, "")
        elif word.startswith("-"):
            sys.stdout.write(__doc__ or "")
            return 2
        else:
            paths.append(word)
    path = paths[0] if paths else os.path.dirname(os.path.abspath(__file__))
    code, lines = report(path, options["--since"], options["--key"], tuple(paths[1:]))
    # A console that lacks a character must not hide the answer.
    sys.stdout.buffer.write(("\n".join(lines) + "\n").encode(sys.stdout.encoding or "utf-8", "replace"))
    return code


def _head(pack: Pack) -> Iterator[str]:
    about = pack.manifest["pack"]
    yield f"{about['reference']}  {about['title']}: {about['project']}, {about['organisation']}"
    yield f"as at {about['as_at']}, period {about['period_start']} to {about['period_end']}"
    yield ""


def _checks(pack: Pack, since: str, key: str, volumes: tuple[str, ...]) -> Iterator[tuple[str, Check]]:
    """Every check with its name. One that fails does not keep the others from telling more."""
    if key:
        yield "Key", lambda: _check_key(pack, key)
    if volumes:
        yield "Volumes", lambda: f"{', '.join(map(pack.add_volume, volumes))} belong to the pack, unchanged"
    yield "Files", lambda: check_files(pack)
    yield "Signature", lambda: check_signature(pack)
    if pack.proof.get("rotations"):
        yield "Keys", lambda: told_of(pack.proof)
    yield "History", lambda: check_history(pack)
    if since:
        yield "Since", lambda: check_since(pack, Pack(since))


def _check_key(pack: Pack, key: str) -> str:
    need(key == pack.key, f"the pack is signed by another key than the one you gave: {pack.key}")
    return "it is the one you gave"


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
    if pack.stamp:
        yield f"  The PDF's signature was there on {pack.stamp}"
        yield "  (whose certificate a PDF reader, or openssl ts, judges)."
    yield f"  Signed with the key {pack.key}"
    if not key:
        yield "  (compare it with the one the organisation gave you by another way; --key does)"


def _check_sums(pack: Pack) -> None:
    """SHA256SUMS agrees with the manifest, whose hashes were just found true, and with the two files beside it."""
    sums = {item["path"]: item["sha256"] for item in pack.manifest["files"]}
    sums[pack.pdf_name] = sha256(pack.pdf).hex()
    for name in ("manifest.json", "signature.txt"):
        sums[name] = pack.digest(name)
    text = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))
    written = pack.read("SHA256SUMS").decode("utf-8", "replace")
    changed = sorted(set(text.splitlines()) ^ set(written.splitlines()))
    names = sorted({line.partition("  ")[2] for line in changed})
    need(not changed, f"{', '.join(names)} was changed after SHA256SUMS was written")
    need(text == written, "SHA256SUMS was changed")
