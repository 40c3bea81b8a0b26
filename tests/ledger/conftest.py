"""What only the ledger's tests need."""

from collections.abc import Iterator
from pathlib import Path
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


@pytest.fixture
def key_file(tmp_path: Path, settings: Any) -> Path:
    """A signing key of its own, for a test that changes it; ask for it before anything is written."""
    settings.ASSAY_SIGNING_KEY_FILE = tmp_path / "keys" / "ledger.key"
    return settings.ASSAY_SIGNING_KEY_FILE
