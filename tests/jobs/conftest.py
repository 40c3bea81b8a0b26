"""Machines to kill: made once, copied where the database is a file."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from docker.servers import postgres
from tests.jobs.machines import Machine


@pytest.fixture(scope="session")
def made_machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """The one others are copied from; nothing runs in it."""
    return Machine(tmp_path_factory.mktemp("machine")).make()


@pytest.fixture
def machine(made_machine: Machine, tmp_path: Path) -> Iterator[Machine]:
    """An installation on SQLite with a queue of files."""
    copy = made_machine.copy(tmp_path)
    yield copy
    copy.end()


@pytest.fixture
def postgres_machine(tmp_path: Path) -> Iterator[Machine]:
    """An installation on a PostgreSQL of its own."""
    if not shutil.which("initdb") and not os.path.isdir("/usr/lib/postgresql"):
        pytest.skip("no PostgreSQL")
    with postgres() as url:
        machine = Machine(tmp_path, DATABASE_URL=url).make()
        yield machine
        machine.end()
