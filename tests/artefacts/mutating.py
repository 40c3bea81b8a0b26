"""Files changed at random, the same way every time."""

import json
import random
from collections.abc import Iterator
from typing import Any

JUNK: list[Any] = [
    None,
    True,
    -1,
    1e308,
    "",
    "x",
    "\ud800\x00",
    "9" * 40,
    [],
    {},
    [[]],
    {"a": {}},
    [None, 7],
    "CVSS:3.1/",
]


def mutated(document: Any, count: int, seed: int) -> Iterator[bytes]:
    """Half of them JSON with a value put elsewhere, half of them broken in their bytes."""
    chance = random.Random(seed)
    plain = json.dumps(document).encode()
    for n in range(count):
        if n % 2:
            changed = json.loads(plain)
            for _ in range(chance.randint(1, 3)):
                _change(changed, chance)
            yield json.dumps(changed).encode()
        else:
            yield _broken(bytearray(plain), chance)


def _change(document: Any, chance: random.Random) -> None:
    """Another value in one place, at any depth."""
    places: list[tuple[Any, Any]] = []
    waiting = [document]
    while waiting:
        one = waiting.pop()
        pairs = one.items() if isinstance(one, dict) else enumerate(one)
        for key, value in pairs:
            places.append((one, key))
            if isinstance(value, dict | list):
                waiting.append(value)
    holder, key = chance.choice(places)
    holder[key] = json.loads(json.dumps(chance.choice([*JUNK, document])))


def _broken(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data))
        what = chance.randrange(4)
        if what == 0:
            data[at] = chance.randrange(256)
        elif what == 1:
            del data[at : at + chance.randint(1, 60)]
        elif what == 2:
            data[at:at] = data[max(0, at - 40) : at]
        else:
            data[at:at] = chance.choice([b"[" * 200, b"NaN", b"\xff", b'"', b"1e999", b"9" * 5000])
        data = data or bytearray(b"{")
    return bytes(data)
