"""The migrations lead from nothing to what the models say. The other tests skip them, which saves a minute each."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def empty_database(db: None, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Environment variables that name a new, empty database of the engine under test."""
    environment = {**os.environ, "ASSAY_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "compliance.settings"}
    if connection.vendor == "sqlite":
        environment.pop("DATABASE_URL", None)
        yield environment
        return
    import psycopg  # only PostgreSQL needs it

    name, url = f"assay_{uuid.uuid4().hex}", os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield {**environment, "DATABASE_URL": url.rsplit("/", 1)[0] + f"/{name}"}
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def manage(environment: dict[str, str], *arguments: str) -> None:
    """Run one management command; its last words explain a failure."""
    command = [sys.executable, "manage.py", *arguments]
    result = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=500
    )

    assert result.returncode == 0, (result.stdout + result.stderr)[-3000:]


@pytest.mark.timeout(600)
def test_an_empty_database_becomes_what_the_models_want(empty_database):
    manage(empty_database, "migrate", "--no-input", "--verbosity", "0")
    manage(empty_database, "makemigrations", "--check", "--dry-run")
    manage(empty_database, "check", "--database", "default", "--fail-level", "WARNING")
