"""Two versions of a text side by side, line by line."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from controls.models import DocumentVersion

CONTEXT = 2
MOST_LINES = 20_000


@dataclass(frozen=True)
class LineOfText:
    """A line as it stands in one version or both: same, gone, new; or `skip`, a number of equal lines left out."""

    kind: str
    text: str


@dataclass(frozen=True)
class Comparison:
    """What differs between two versions."""

    lines: list[LineOfText]
    gone: int
    new: int
    files_differ: bool

    @property
    def same(self) -> bool:
        return not (self.gone or self.new or self.files_differ)


def compared(older: DocumentVersion, newer: DocumentVersion) -> Comparison:
    """The lines of both texts in order; long equal stretches are left out."""
    before, after = older.text.splitlines()[:MOST_LINES], newer.text.splitlines()[:MOST_LINES]
    lines: list[LineOfText] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            lines += _shortened(before[a:b])
        else:
            lines += [LineOfText("gone", text) for text in before[a:b]]
            lines += [LineOfText("new", text) for text in after[c:d]]
    gone, new = (sum(line.kind == kind for line in lines) for kind in ("gone", "new"))
    return Comparison(lines, gone, new, older.blob_id != newer.blob_id)


def _shortened(texts: list[str]) -> list[LineOfText]:
    if len(texts) <= 2 * CONTEXT + 1:
        return [LineOfText("same", text) for text in texts]
    left_out = len(texts) - 2 * CONTEXT
    kept = [LineOfText("same", text) for text in (*texts[:CONTEXT], *texts[-CONTEXT:])]
    return [*kept[:CONTEXT], LineOfText("skip", f"{left_out} equal lines"), *kept[CONTEXT:]]
