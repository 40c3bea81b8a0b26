"""Apps changed at random, the same way every time: `python -m tests.artefacts.fuzz [FILES] [SEED]` tells what came out.

Half of the files are broken in their bytes; of archives, half are packed again around a broken member, so that the
readers behind the archive are reached too.
"""

import io
import random
import resource
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator

from compliance.artefacts.formats.app_files import observe
from compliance.artefacts.formats.json_file import Unreadable
from tests.artefacts.test_app_files import ALL

JUNK = [
    b"\xff" * 4,
    b"\x00" * 8,
    b"\x7f\xff\xff\xff",
    b"<a>" * 80,
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"&b;",
    b"</manifest>",
    b"<array>" * 60,
    b"9" * 400,
    b"PK\x05\x06",
    b"\xed\xa0\x80",
    "😀\u202e".encode(),
    b"bplist00",
    b"../" * 9,
]


def broken(data: bytes, chance: random.Random) -> bytes:
    """Bytes with up to four places turned, taken out, doubled, overwritten, or cut off."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 2, 4))):
        at = chance.randrange(len(out) or 1)
        harm = chance.choice((_turn, _turn, _overwrite, _take_out, _double, _put_in, _cut))
        harm(out, at, chance)
    return bytes(out)


def _turn(out: bytearray, at: int, chance: random.Random) -> None:
    if out:
        out[at] = chance.choice((0, 0x7F, 0x80, 0xFF, out[at] ^ 1 << chance.randrange(8)))


def _overwrite(out: bytearray, at: int, chance: random.Random) -> None:
    junk = chance.choice(JUNK)
    out[at : at + len(junk)] = junk


def _take_out(out: bytearray, at: int, chance: random.Random) -> None:
    del out[at : at + chance.randint(1, 40)]


def _double(out: bytearray, at: int, chance: random.Random) -> None:
    out[at:at] = out[max(0, at - chance.randint(1, 60)) : at]


def _put_in(out: bytearray, at: int, chance: random.Random) -> None:
    out[at:at] = chance.choice(JUNK)


def _cut(out: bytearray, at: int, chance: random.Random) -> None:
    if chance.random() < 0.2:
        del out[at:]


def repacked(data: bytes, chance: random.Random) -> bytes:
    """The same archive with one member broken, missing, doubled or called something else."""
    members = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    n = chance.randrange(len(members))
    name, inner = members[n]
    members[n] = (name, broken(inner, chance))
    if chance.random() < 0.1:
        members[n] = (chance.choice(["../" + name, "/" + name, name.upper(), name + "/x"]), inner)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inner in members:
            archive.writestr(name, inner)
    return stream.getvalue()


def files(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Mutated files, with the format they were made from."""
    chance = random.Random(seed)
    keys = list(ALL)
    for n in range(count):
        key = keys[n % len(keys)]
        is_archive = ALL[key].startswith(b"PK") and chance.random() < 0.5
        yield key, (repacked if is_archive else broken)(ALL[key], chance)


def run(count: int, seed: int) -> tuple[Counter[str], float, str]:
    """How many were read and refused, the longest time of one in seconds, and of which format it was."""
    told: Counter[str] = Counter()
    slowest, whose = 0.0, ""
    for key, data in files(count, seed):
        begun = time.process_time()
        try:
            observe(data)
            told["read"] += 1
        except Unreadable as refused:
            told["refused"] += 1
            told["refused without words"] += not str(refused).strip()
        took = time.process_time() - begun
        slowest, whose = max((slowest, whose), (took, key))
    return told, slowest, whose


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    begun = time.process_time()
    told, slowest, whose = run(count, seed)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{count:,} files, seed {seed}: {dict(told)}; {time.process_time() - begun:.0f} s in all,")
    print(f"the slowest {slowest * 1000:.0f} ms ({whose}); {memory} MB of memory at most.")


if __name__ == "__main__":
    main()
