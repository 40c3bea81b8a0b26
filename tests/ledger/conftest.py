"""What only the ledger's tests need."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def key_file(tmp_path: Path, settings: Any) -> Path:
    """A signing key of its own, for a test that changes it; ask for it before anything is written."""
    settings.ASSAY_SIGNING_KEY_FILE = tmp_path / "keys" / "ledger.key"
    return settings.ASSAY_SIGNING_KEY_FILE
