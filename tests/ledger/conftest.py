"""What only the ledger's tests need."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.ledger.installation import Installation, installed


@pytest.fixture
def installation(django_db_setup: None, django_db_blocker: Any, tmp_path: Any) -> Iterator[Installation]:
    """An installation of its own, empty."""
    with django_db_blocker.unblock(), installed(tmp_path / "own") as made:
        yield made
