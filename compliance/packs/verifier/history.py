"""The history rebuilt: every entry hashed again, the tree above them, its head in the signed log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compliance.packs.verifier.pack import Pack
from compliance.packs.verifier.reading import Tampered, canonical, load, need, sha256, unbase64, unhex
from compliance.packs.verifier.rotation import keys_of
from compliance.packs.verifier.signatures import open_note
from compliance.packs.verifier.tree import continues, included, leaf_hash, root_of

HASH = 32


class Count:
    """What was found: entries rebuilt, entries known by their hash only, values withheld or erased."""

    def __init__(self) -> None:
        self.rebuilt = self.hashed = self.withheld = 0


def check_history(pack: Pack) -> str:
    """All entries of every stream, rebuilt, give the head that is in the signed log."""
    count = Count()
    for item in pack.proof["streams"]:
        hashes = _hashes(pack, item, count)
        pack.hashes[item["stream"]] = hashes
        _check_stream(pack, item, hashes)
    proven = [(item["stream"], item["size"], item["root"]) for item in pack.proof["streams"]]
    printed = [(item["stream"], item["size"], item["root"]) for item in pack.manifest["ledger"]]
    need(proven and proven == printed, "the ledger head in the manifest is another one")
    return _told(count)


def check_since(pack: Pack, older: Pack) -> str:
    """The older pack's history is the beginning of this one's."""
    check_history(older)
    need(older.key in keys_of(pack.proof), "the older pack is signed by another key, which vouches for none since")
    own = {item["stream"] for item in pack.proof["streams"][:1]}
    need(own <= set(older.hashes), f"{older.name} is a pack of another project or organisation")
    for stream, hashes in older.hashes.items():
        now = pack.hashes.get(stream)
        if now is None:
            continue
        same = _first_other(hashes, now)
        gone = f"the history of {stream} ends at entry {len(now) // HASH}: it was rolled back since {older.name}"
        need(same < len(now) // HASH or len(hashes) <= len(now), f"HISTORY WAS CUT: {gone}")
        text = f"HISTORY WAS REWRITTEN: entry {same + 1} of {stream} is not the one in {older.name}"
        need(same * HASH == len(hashes), text)
    return f"nothing in the history of {older.name} was changed since"


def which_entry(pack: Pack, path: str) -> str:
    """Name the first entry of a changed history file that is another one than the PDF knows, if the PDF can tell."""
    stream, first = next((i["stream"], at) for i in pack.proof["streams"] for name, at, _ in i["files"] if name == path)
    leaves = next(item["leaves"] for item in pack.proof["streams"] if item["stream"] == stream)
    copy = pack.inside.get(pack.listed[path]["sha256"])
    hashes = pack.inside.get(pack.listed[leaves]["sha256"], b"") if leaves in pack.listed else b""
    try:
        number = _other_line(pack, path, copy) if copy is not None else _other_leaf(pack, path, first, stream, hashes)
    except Tampered as reason:
        return f": {reason}"
    return f": entry {first + number + 1} of {stream} is not the one the PDF knows" if number >= 0 else ""


def _other_line(pack: Pack, path: str, copy: bytes) -> int:
    theirs, number = iter(copy.split(b"\n")[:-1]), -1
    for number, line in enumerate(pack.lines(path)):
        if line != next(theirs, None):
            return number
    return number + 1


def _other_leaf(pack: Pack, path: str, first: int, stream: str, hashes: bytes) -> int:
    for number, (entry, _) in enumerate(_entries(pack, path, first, stream)):
        at = (first + number) * HASH
        if hashes and leaf_hash(entry) != hashes[at : at + HASH]:
            return number
    return -1


def _hashes(pack: Pack, item: Any, count: Count) -> bytes:
    """The leaf hashes of a stream: rebuilt where its entries are at hand, else as the pack gives them."""
    known = pack.read(item["leaves"]) if item["leaves"] else b""
    found = bytearray()
    for path, first, size in item["files"]:
        need(first * HASH == len(found), f"the files of the history of {item['stream']} do not follow each other")
        if pack.has(path):
            for entry, withheld in _entries(pack, path, first, item["stream"]):
                found += leaf_hash(entry)
                count.rebuilt, count.withheld = count.rebuilt + 1, count.withheld + withheld
            whole = len(found) == (first + size) * HASH
            need(whole, f"{path} holds {len(found) // HASH - first} entries, not {size}")
        else:
            need(pack.alone and len(known) >= (first + size) * HASH, f"{path} is missing or was changed")
            found += known[first * HASH : (first + size) * HASH]
            count.hashed += size
    same = _first_other(known, bytes(found))
    need(same * HASH == len(known), f"entry {same + 1} of {item['stream']} is not the one {item['leaves']} names")
    return bytes(found)


def _entries(pack: Pack, path: str, first: int, stream: str) -> Iterator[tuple[bytes, int]]:
    for number, line in enumerate(pack.lines(path)):
        yield _entry(line, first + number, stream)


def _entry(line: bytes, number: int, stream: str) -> tuple[bytes, int]:
    """Rebuild one ledger entry from a line of the history; also tell how many of its values are withheld."""
    where = f"entry {number + 1} of {stream}"
    row = load(line, where)
    need(set(row) == {"seq", "envelope", "fields"} and row["seq"] == number, f"{where} is another one")
    envelope = row["envelope"]
    need(envelope["stream"] == stream and "fields" not in envelope, f"{where} is of another stream")
    withheld, fields = 0, {}
    for name, shown in row["fields"].items():
        if len(shown) == 1:
            withheld += 1
        fields[name] = _commitment(name, shown, where)
    envelope["fields"] = fields
    return canonical(envelope), withheld


def _commitment(name: str, shown: Any, where: str) -> str:
    if set(shown) == {"commitment"}:
        return unhex(shown["commitment"]).hex()
    need(set(shown) == {"salt", "value"}, f"{where}: the field {name} cannot be read")
    return sha256(b"fld1" + unhex(shown["salt"], 16) + canonical([name, shown["value"]])).hex()


def _check_stream(pack: Pack, item: Any, hashes: bytes) -> None:
    """The entries give the root; the root is (the beginning of) a sealed head; that head is in the signed log."""
    stream, head = item["stream"], load(item["head"].encode(), "a stream's head")
    root, size = root_of(_each(hashes)), len(hashes) // HASH
    whole = (size, root.hex()) == (item["size"], item["root"])
    need(whole, f"the history of {stream} was changed, cut or reordered{'' if whole else _place(pack, item, hashes)}")
    need((head["kind"], head["stream"]) == ("head", stream), "a head is of another stream")
    steps = [unhex(step) for step in item["consistency"]]
    sealed = continues(size, head["size"], root, unhex(head["root"]), steps)
    need(sealed, f"the history of {stream} is not the beginning of the sealed one")
    origin, log_size, log_root = open_note(item["checkpoint"], pack.key)[:3]
    steps = [unhex(step) for step in item["inclusion"]]
    known = included(item["index"], int(log_size), leaf_hash(item["head"].encode()), steps, unbase64(log_root))
    need(known and origin == pack.key.split("+")[0], f"the head of {stream} is not in the signed log")


def _place(pack: Pack, item: Any, hashes: bytes) -> str:
    """Where a history goes wrong: at its end, or at the first entry that the PDF knows as another one."""
    first = item["files"][-1][1]
    if len(hashes) // HASH < item["size"]:
        return f": it ends with entry {len(hashes) // HASH}, {item['size']} were sealed"
    for copy in pack.inside.values():
        if copy.startswith(b'{"envelope":') and f'"stream":"{item["stream"]}"'.encode() in copy.split(b"\n", 1)[0]:
            rows = (load(line, "a line") for line in copy.split(b"\n")[:-1])
            theirs = b"".join(leaf_hash(_entry(canonical(row), row["seq"], item["stream"])[0]) for row in rows)
            number = first + _first_other(theirs, hashes[first * HASH :])
            return f": entry {number + 1} is not the one the PDF knows"
    return ""


def _each(hashes: bytes) -> Iterator[bytes]:
    return (hashes[at : at + HASH] for at in range(0, len(hashes), HASH))


def _first_other(one: bytes, other: bytes) -> int:
    """The number of the first hash (from 0) in which they differ, or how many both have."""
    least = min(len(one), len(other))
    if one[:least] == other[:least]:
        return least // HASH
    return next(at for at in range(0, least, HASH) if one[at : at + HASH] != other[at : at + HASH]) // HASH


def _told(count: Count) -> str:
    text = (
        f"{count.rebuilt} entries, rebuilt one by one, give the head in the signed log: none missing, changed or moved"
    )
    if count.hashed:
        text = (
            f"{count.rebuilt} entries, rebuilt one by one, and {count.hashed} older ones by their hashes give the head "
            "in the signed log: none missing, changed or moved (hand in the ZIP, or the volumes after the PDF, to have "
            "the older ones rebuilt too)"
        )
    return text + (f"; {count.withheld} values are withheld or erased, which the proof shows" if count.withheld else "")
