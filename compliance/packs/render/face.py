"""A typeface for text that is set without WeasyPrint: which signs it has, how wide they are, how a PDF embeds it."""

import io
import json
import zlib
from collections.abc import Iterable
from functools import cache as once
from hashlib import sha256
from typing import Any

from compliance.packs import cache
from compliance.packs.render.fragment import font

REGULAR, SEMIBOLD = "Inter-Regular.woff2", "Inter-SemiBold.woff2"
MARKS = range(0x0300, 0x0370)  # combining: they need a place over another sign, which takes a shaper
DIGITS = "0123456789"


class Face:
    """The signs of one font file. Digits are those of one width."""

    def __init__(self, name: str) -> None:
        self.name = name.partition(".")[0]
        self._data = font(name)
        self._key = sha256(self._data).hexdigest()
        path = cache.path_of("fonts", f"{self._key}.facts")
        kept = cache.read(path)
        if kept is None:
            kept = json.dumps(_facts(self._data)).encode()
            cache.keep(path, kept)
        facts: dict[str, Any] = json.loads(kept)
        self.glyphs: dict[str, int] = facts["glyphs"]
        self.widths: dict[str, float] = facts["widths"]
        self._described: str = facts["described"]
        self._codes = {sign: f"{glyph:04x}" for sign, glyph in self.glyphs.items()}
        self._measured: dict[str, float] = {}

    def measure(self, text: str) -> float:
        """How wide `text` is, in thousandths of the size. Words come again and again, so they are remembered."""
        found = self._measured.get(text)
        if found is None:
            found = self._measured[text] = sum(map(self.widths.__getitem__, text))
        return found

    def encode(self, text: str) -> str:
        """`text` as the hex string a PDF shows it by."""
        return "".join(map(self._codes.__getitem__, text))

    def objects(self, number: int, free: int, used: Iterable[str]) -> dict[int, bytes]:
        """The PDF objects that embed just the signs in `used`: the font at `number`, the rest from `free` on."""
        signs = sorted(set(used), key=self.glyphs.__getitem__)
        name = f"{_tag(signs)}+{self.name}"
        widths = " ".join(f"{self.glyphs[sign]} [{self.widths[sign]:.2f}]" for sign in signs)
        return {
            number: (
                f"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H"
                f"/DescendantFonts[{free} 0 R]/ToUnicode {free + 1} 0 R>>"
            ).encode(),
            free: (
                f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDToGIDMap/Identity/DW 0/W[{widths}]"
                f"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor {free + 2} 0 R>>"
            ).encode(),
            free + 1: stream(_to_unicode({self.glyphs[sign]: sign for sign in signs})),
            free + 2: (
                f"<</Type/FontDescriptor/FontName/{name}/Flags 4/ItalicAngle 0/StemV 80{self._described}"
                f"/FontFile2 {free + 3} 0 R>>"
            ).encode(),
            free + 3: self._subset([self.glyphs[sign] for sign in signs]),
        }

    def _subset(self, glyphs: list[int]) -> bytes:
        """The font file with just these glyphs, as a stream; made once: packs use the same signs again and again."""
        path = cache.path_of("fonts", f"{sha256(f'{self._key} {glyphs}'.encode()).hexdigest()}.subset")
        made = cache.read(path)
        if made is None:
            made = stream(_only(self._data, glyphs), "/Length1 {size}")
            cache.keep(path, made)
        return made


@once
def face(name: str) -> Face:
    """The font file of that name, read once per process."""
    return Face(name)


def stream(data: bytes, more: str = "") -> bytes:
    """A PDF stream object's body, deflated."""
    packed = zlib.compress(data, 6)
    head = f"<</Filter/FlateDecode/Length {len(packed)}{more.format(size=len(data))}>>stream\n"
    return head.encode() + packed + b"\nendstream"


def _facts(data: bytes) -> dict[str, Any]:
    """What a font file says of itself, by sign: its glyph and its width in thousandths; and of all signs together."""
    from fontTools.ttLib import TTFont

    opened = TTFont(io.BytesIO(data), lazy=True)
    even, names, advances = _even_digits(opened), opened.getBestCmap(), opened["hmtx"].metrics
    head, letters, box = opened["hhea"], opened["OS/2"], opened["head"]
    scale = 1000 / box.unitsPerEm
    chosen = {chr(code): glyph for code, glyph in names.items() if code not in MARKS}
    chosen = {sign: even.get(glyph, glyph) if sign in DIGITS else glyph for sign, glyph in chosen.items()}
    bounds = " ".join(str(round(value * scale)) for value in (box.xMin, box.yMin, box.xMax, box.yMax))
    return {
        "glyphs": {sign: opened.getGlyphID(glyph) for sign, glyph in chosen.items()},
        "widths": {sign: advances[glyph][0] * scale for sign, glyph in chosen.items()},
        "described": f"/FontBBox[{bounds}]/Ascent {round(head.ascent * scale)}/Descent {round(head.descent * scale)}"
        f"/CapHeight {round(letters.sCapHeight * scale)}",
    }


def _only(data: bytes, glyphs: list[int]) -> bytes:
    """The font file with just these glyphs, under the numbers they have."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options(
        retain_gids=True, notdef_outline=True, layout_features=[], hinting=False, name_IDs=[], glyph_names=False
    )
    opened = TTFont(io.BytesIO(data), lazy=True, recalcTimestamp=False)
    chosen = subset.Subsetter(options)
    chosen.populate(gids=glyphs)
    chosen.subset(opened)
    target = io.BytesIO()
    opened.save(target)
    return target.getvalue()


def _even_digits(opened: Any) -> dict[str, str]:
    """The digits that stand under each other, by the font's own "tnum" feature."""
    table = opened["GSUB"].table
    wanted = {
        index
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == "tnum"
        for index in record.Feature.LookupListIndex
    }
    found: dict[str, str] = {}
    for index in wanted:
        for part in table.LookupList.Lookup[index].SubTable:
            found.update(getattr(getattr(part, "ExtSubTable", part), "mapping", {}))
    return found


def _tag(signs: list[str]) -> str:
    digest = sha256("".join(signs).encode()).digest()
    return "".join(chr(65 + byte % 26) for byte in digest[:6])


def _to_unicode(signs: dict[int, str]) -> bytes:
    lines = [f"<{glyph:04x}> <{sign.encode('utf-16-be').hex()}>" for glyph, sign in sorted(signs.items())]
    groups = [lines[at : at + 100] for at in range(0, len(lines), 100)]
    body = "\n".join(f"{len(group)} beginbfchar\n" + "\n".join(group) + "\nendbfchar" for group in groups)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n{body}\nendcmap\n"
        "CMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode()
