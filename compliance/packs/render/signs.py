"""Signs nobody can print as they are: paper shows their number instead, the data beside it keeps them.

A history cannot be changed, so one pasted sign that no font has must not keep every later pack from being set.
"""

from collections.abc import Iterable

BREAKS = "\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"
CONTROLS = [*range(0x09), *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0), 0xFFFE, 0xFFFF]
OVERRIDES = [0x202D, 0x202E]  # they would have the words after them read backwards
SPELLED: dict[int, str] = {
    **dict.fromkeys(map(ord, BREAKS), "\n"),
    **{code: f"[U+{code:04X}]" for code in (*CONTROLS, *OVERRIDES)},
}


def printable(text: str) -> str:
    """The text with every break a line's end and every control sign spelled out."""
    return text.translate(SPELLED)


def spell(text: str, signs: Iterable[str]) -> str:
    """The text with these signs spelled out."""
    return text.translate({ord(sign): f"[U+{ord(sign):04X}]" for sign in signs})
