"""Room on the disk: how its end is told from other failures."""

import errno

from django.db import DatabaseError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
WORDS = ("disk is full", "No space left")
DISK_FULL = "53100"  # PostgreSQL's SQLSTATE, whatever language it speaks


def is_full(failure: BaseException | None) -> bool:
    """Whether there was no room for what was written: a file of ours, or of the database."""
    while failure is not None:
        if isinstance(failure, OSError) and failure.errno in FULL:
            return True
        if getattr(failure, "sqlstate", "") == DISK_FULL:
            return True
        if isinstance(failure, DatabaseError) and any(words in str(failure) for words in WORDS):
            return True
        failure = failure.__cause__ or failure.__context__
    return False
