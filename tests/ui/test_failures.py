"""A page that could not be made says what helps: room on the disk, a database that answers, or whom to tell."""

import errno
import re
import sqlite3

import pytest
from django.db import OperationalError

from compliance.ui.failures import broken

pytestmark = pytest.mark.once


def from_database(words: str) -> OperationalError:
    error = OperationalError(words)
    error.__cause__ = sqlite3.OperationalError(words)
    return error


@pytest.mark.parametrize(
    ("failure", "status", "title"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 503, "There is no room left on the disk of the server"),
        (from_database("database or disk is full"), 503, "There is no room left on the disk of the server"),
        (from_database("connection refused"), 503, "The database does not answer"),
        (ZeroDivisionError(), 500, "Something broke on our side"),
    ],
)
def test_a_failure_says_what_helps(rf, failure, status, title):
    try:
        raise failure
    except Exception:  # noqa: BLE001  as Django does around every page
        page = broken(rf.get("/"))
    heading = re.findall("<h1>(.*)</h1>", page.content.decode())
    assert (page.status_code, heading, page.headers.get("Retry-After")) == (
        status,
        [title],
        "60" if status == 503 else None,
    )
