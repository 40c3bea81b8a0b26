"""What only the ledger's tests need."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.ledger.installation import Installation, copied, installed


@pytest.fixture(scope="session")
def bare_installation(tmp_path_factory: Any) -> Iterator[Installation]:
    """An empty installation to copy."""
    with installed(tmp_path_factory.mktemp("installation") / "bare") as made:
        yield made


@pytest.fixture
def installation(bare_installation: Installation, tmp_path: Any) -> Iterator[Installation]:
    """An installation of its own, empty."""
    with copied(bare_installation, tmp_path / "own") as made:
        yield made
