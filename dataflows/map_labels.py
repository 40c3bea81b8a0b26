"""What is written along the lines of a flow map: references, data while there is room, and what to mend."""

from collections.abc import Sequence

from dataflows.map_parts import LabelLine, Leg, Ref

LINE, LETTER = 13, 7
REFS_PER_LINE = 3
ROOM = 16  # letters of the data under a reference, in two lines at most


def label(legs: Sequence[Leg], few: bool) -> list[LabelLine]:
    """Special categories first, three references to a line, or one with its data when there are few; then the marks."""
    lines = []
    kinds = sorted({(not leg.special, leg.notes) for leg in legs})
    for special, notes in ((not plain, notes) for plain, notes in kinds):
        refs = [leg for leg in legs if (leg.special, leg.notes) == (special, notes)]
        step = 1 if few else REFS_PER_LINE
        for first in range(0, len(refs), step):
            row = refs[first : first + step]
            shown = [_shown(leg.reference, n == 0) for n, leg in enumerate(row)]
            cells = tuple(Ref(leg.reference, text, leg.url) for leg, text in zip(row, shown, strict=True))
            lines.append(LabelLine(0, 0, cells, special))
            if few and row[0].data:
                lines += [LabelLine(0, 0, words=text) for text in _short(row[0].data)]
        lines += [LabelLine(0, 0, words=note) for note in notes]
    words = dict.fromkeys(mark for leg in legs for mark in leg.marks)
    lines += [LabelLine(0, 0, words=word, warns=True) for word in words]
    if legs[0].tone == "proposed":
        lines.append(LabelLine(0, 0, words="proposed"))
    return lines


def _short(data: str) -> list[str]:
    """The data in at most two lines; what has no room is counted."""
    names, lines = data.split(", "), [""]
    for n, name in enumerate(names):
        joined = f"{lines[-1]}, {name}" if lines[-1] else name
        if len(joined) <= ROOM or not lines[-1]:
            lines[-1] = joined
        elif len(lines) == 1:
            lines[0] += ","
            lines.append(name)
        else:
            lines[-1] += f" +{len(names) - n}"
            break
    return [line if len(line) <= ROOM + 3 else f"{line[:ROOM]}…" for line in lines]


def _shown(reference: str, first: bool) -> str:
    """The first reference of a line in full, of the others the number."""
    return reference if first else reference.rpartition("-")[2]


def wide(line: LabelLine) -> int:
    text = line.words or " ".join(ref.shown for ref in line.refs)
    return len(text) * (LETTER if line.refs else LETTER - 1) + (12 if line.special else 0)


def place_label(lines: Sequence[LabelLine], x: int, base: int) -> tuple[LabelLine, ...]:
    """The lines of a label above a base line."""
    top = base - LINE * (len(lines) - 1)
    return tuple(line._replace(x=x, y=top + LINE * n) for n, line in enumerate(lines))
