"""Handing a stored file to a browser so that it can only be saved, never run."""

import re

from django.http import FileResponse

from compliance.files.models import Blob
from compliance.files.store import verified

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"
# Control characters, path separators, and marks that make a name read otherwise than it is.
UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def download(blob: Blob, name: str) -> FileResponse:
    """Answer with the blob's bytes, checked against their hash, to be saved as `name`."""
    response = FileResponse(verified(blob), as_attachment=True, filename=safe_name(name))
    response["Content-Type"] = "application/octet-stream"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def safe_name(name: str) -> str:
    """Return `name` as one that is safe to save under: a plain name of at most 150 characters."""
    cleaned = UNSAFE.sub("_", name).strip(" .")
    stem, dot, ending = cleaned.rpartition(".")
    if len(cleaned) > 150 and dot and len(ending) < 12:
        return f"{stem[: 149 - len(ending)]}.{ending}"
    return cleaned[:150] or "file"
