"""A spreadsheet is handed in, read, and brought in or discarded."""

from .imports import (
    CHANGED_MEANWHILE,
    MAX_BYTES,
    PREVIEW,
    apply_import,
    begin,
    confirm,
    discard,
    is_stuck,
    job_of,
    preview,
    receive,
)

__all__ = [
    "CHANGED_MEANWHILE",
    "MAX_BYTES",
    "PREVIEW",
    "apply_import",
    "begin",
    "confirm",
    "discard",
    "is_stuck",
    "job_of",
    "preview",
    "receive",
]
