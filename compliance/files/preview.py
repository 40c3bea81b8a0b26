"""Showing what is safe: pictures drawn anew, pages of a PDF as pictures, text as text; never HTML, never SVG."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from compliance.files.models import Blob
from compliance.files.store import open_verified

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/tiff"})
TEXTS = frozenset({"text/plain", "application/json", "application/xml"})
MOST_TEXT, MOST_BYTES, SECONDS = 64 * 1024, 64 * 1024 * 1024, 20
PROGRAM = Path(__file__).with_name("picture.py")


class NotShown(Exception):
    """There is no picture of it; the message says why."""


@dataclass(frozen=True)
class Picture:
    """A JPEG, and how many pages the file has."""

    pages: int
    data: bytes


def kind_of(blob: Blob | None) -> str:
    """`picture`, `pages` or `text`; empty when the file is only to be downloaded."""
    if blob is None:
        return ""
    if blob.content_type in TEXTS:
        return "text"
    if blob.size > MOST_BYTES:
        return ""
    return "picture" if blob.content_type in IMAGES else "pages" if blob.content_type == "application/pdf" else ""


def text_of(blob: Blob) -> tuple[str, bool]:
    """The beginning of a text, and whether there is more. Raises FileDamaged."""
    with open_verified(blob) as stream:
        data = stream.read(MOST_TEXT + 1)
    return data[:MOST_TEXT].decode("utf-8-sig", "replace"), len(data) > MOST_TEXT


def picture_of(blob: Blob, page: int = 1) -> Picture:
    """Draw it in a process of its own with little memory and time. Raises NotShown and FileDamaged."""
    kind = {"picture": "image", "pages": "pdf"}.get(kind_of(blob), "")
    if not kind:
        raise NotShown("Files of this kind are only downloaded.")
    with open_verified(blob) as stream:
        data = stream.read()
    command = [sys.executable, "-I", str(PROGRAM), kind, str(page)]
    try:
        drawn = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired, OSError):
        raise NotShown("The file is too large, damaged or locked to be drawn: download it instead.") from None
    pages, _, picture = drawn.stdout.partition(b"\n")
    return Picture(int(pages), picture)
