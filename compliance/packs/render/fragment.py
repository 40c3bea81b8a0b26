"""One part of a pack as a small PDF of its own: set by WeasyPrint (`typesetter`), kept by the hash of what it shows."""

import io
from functools import cache as once
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

from compliance.packs import cache

VARIANT = "pdf/a-3a"
STYLESHEET = Path(__file__).with_name("print.css")
FONTS = ("Inter-Regular.woff2", "Inter-Italic.woff2", "Inter-SemiBold.woff2")


class RenderFailed(Exception):
    """A part of the pack could not be set; the message says which part and why."""


@once
def font(name: str) -> bytes:
    """Return one of the pack's fonts as TrueType, unpacked once per installation: that takes longer than a page."""
    packed = (Path(settings.NODE_MODULES) / "inter-ui" / "web" / name).read_bytes()
    path = cache.path_of("fonts", f"{sha256(packed).hexdigest()}.font")
    plain = cache.read(path)
    if plain is None:
        from fontTools.ttLib import woff2

        target = io.BytesIO()
        woff2.decompress(io.BytesIO(packed), target)
        plain = target.getvalue()
        cache.keep(path, plain)
    return plain


@once
def workshop() -> str:
    """Everything but the content that decides how a fragment looks: library, stylesheet, fonts."""
    digest = sha256(f"{version('weasyprint')} {VARIANT}".encode())
    for program in (STYLESHEET, STYLESHEET.with_name("typesetter.py"), STYLESHEET.with_name("signs.py")):
        digest.update(program.read_bytes())
    for name in FONTS:
        digest.update(font(name))
    return digest.hexdigest()


def fragment(body: str, *, title: str) -> bytes:
    """Return the PDF of the HTML `body`, from the cache when the same was rendered before."""
    path = _path(body, title)
    pdf = cache.read(path)
    if pdf is None:
        from compliance.packs.render.typesetter import render

        pdf = render(body, title=title, prefix=path.name[:8])
        cache.keep(path, pdf)
    return pdf


def is_kept(body: str, *, title: str) -> bool:
    """Whether this was rendered before."""
    return _path(body, title).exists()


def _path(body: str, title: str) -> Path:
    key = sha256(f"{workshop()}\n{title}\n{body}".encode()).hexdigest()
    return cache.path_of("fragments", key[:2], f"{key}.pdf")
