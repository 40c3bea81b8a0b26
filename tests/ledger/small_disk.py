"""A PostgreSQL installation whose tables lie on a small disk of their own, to be filled up."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from tests.ledger.installation import Installation, on_server

# For the programs the tests run: fills what is left of the disk with the file named first.
FILL = """
import pathlib, sys

filler = pathlib.Path(sys.argv[1])

def fill():
    with filler.open("wb", buffering=0) as disk:
        try:
            while disk.write(bytes(4096)):
                pass
        except OSError:
            pass
"""


@contextmanager
def on_small_disk(template: Installation, place: Path) -> Iterator[tuple[Installation, Path]]:
    """A copy of `template` with its data folder at `place`, and where its small disk is."""
    given = settings.DATABASES["default"]
    with psycopg.connect(os.environ["DATABASE_URL"].replace("postgres:", "postgresql:")) as opened:
        owner = Path(opened.execute("SHOW data_directory").fetchone()[0])
    disk = Path(tempfile.mkdtemp(prefix="assay-small-", dir="/tmp"))
    if (
        not owner.exists()
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", str(disk)], check=False, capture_output=True
        ).returncode
    ):
        disk.rmdir()
        pytest.skip("mounting a small disk for the server is not allowed here")
    os.chown(disk, owner.stat().st_uid, -1)
    name = f"small_{os.getpid()}"
    try:
        base = template.url.rpartition("/")[2]
        on_server(given, f"CREATE TABLESPACE {name} LOCATION '{disk}'")
        on_server(given, f'CREATE DATABASE {name} TEMPLATE "{base}" TABLESPACE {name}')
        yield Installation(place, f"{template.url.rpartition('/')[0]}/{name}"), disk
    finally:
        on_server(given, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"DROP TABLESPACE IF EXISTS {name}")
        subprocess.run(["umount", "-l", str(disk)], check=False)
        shutil.rmtree(disk, ignore_errors=True)
