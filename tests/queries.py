"""Holds a page to one query count, whatever the number of rows."""

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from compliance.projects import drawn, kept


def count(client: Client, url: str) -> int:
    """The queries one GET makes when nothing is kept of it."""
    kept.forget()
    drawn.forget()
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200, f"{url} answers {response.status_code}"
    return len(captured)


def assert_steady(client: Client, url: str, add: Callable[[int], object]) -> None:
    """`add(n)` makes the n-th row; the page makes the same queries for one row and for three."""
    add(1)
    client.get(url)  # fills content type and session caches
    one = count(client, url)
    add(2)
    add(3)
    three = count(client, url)
    assert three == one, f"{url}: {one} queries for one row, {three} for three"
