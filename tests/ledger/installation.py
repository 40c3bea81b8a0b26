"""An installation of its own, for tests that need real processes: a copy of the empty test database."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

ROOT = Path(__file__).resolve().parents[2]


class Installation:
    """A database of this engine and a data folder; `run` and `start` give other processes the use of it."""

    def __init__(self, place: Path, url: str) -> None:
        self.place, self.url = place, url
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("ASSAY_", "DATABASE_"))},
            "ASSAY_DATA_DIR": str(place),
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "compliance.settings",
            "PYTHONPATH": str(ROOT),
            "ASSAY_LOG_LEVEL": "WARNING",
        }

    def run(self, *arguments: str, check: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
        """Run `python ARGUMENTS` to its end."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**self.env, **more},
            check=check,
            timeout=240,
            text=True,
            capture_output=True,
        )

    def manage(self, *arguments: str, check: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
        return self.run("manage.py", *arguments, check=check, **more)

    def shell(self, code: str) -> str:
        """Run code inside; gives what it prints."""
        return self.run("-c", f"import django\ndjango.setup()\n{code}").stdout

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start `python ARGUMENTS`; what it says goes to a file."""
        with (self.place / "said.log").open("a") as said:
            return subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=self.env, text=True, stdout=said, stderr=said
            )

    @property
    def said(self) -> str:
        """What the started processes have said."""
        return (self.place / "said.log").read_text()

    def sealer(self, *more: str) -> "subprocess.Popen[str]":
        return self.start("manage.py", "seal_ledger", "--forever", "--every", "0.1", *more)


@contextmanager
def installed(place: Path) -> Iterator[Installation]:
    """Copy the test database, which no test leaves anything in."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    connections.close_all()
    database = connections["default"].settings_dict
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        target = place / "assay.sqlite3"
        for ending in ("", "-wal"):
            if Path(f"{database['NAME']}{ending}").exists():
                shutil.copy(f"{database['NAME']}{ending}", f"{target}{ending}")
        yield Installation(place, f"sqlite:///{target}")
        return
    name = f"{database['NAME']}_{place.name}".replace("-", "_")[:60]
    _sql(database, f'DROP DATABASE IF EXISTS "{name}" (FORCE)', _ending(database), _copy(database, name))
    try:
        yield Installation(place, os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}")
    finally:
        _sql(database, f'DROP DATABASE IF EXISTS "{name}" (FORCE)')


def _ending(database: Any) -> str:
    return f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database['NAME']}'"


def _copy(database: Any, name: str) -> str:
    return f'CREATE DATABASE "{name}" TEMPLATE "{database["NAME"]}"'


def _sql(database: Any, *statements: str) -> None:
    import psycopg

    given = {key.lower(): database[key] for key in ("HOST", "PORT", "USER", "PASSWORD") if database[key]}
    with psycopg.connect(dbname="postgres", autocommit=True, **given) as opened:
        for statement in statements:
            opened.execute(statement)
