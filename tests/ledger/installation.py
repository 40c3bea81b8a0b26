"""An installation of its own, for tests that need real processes or several connections."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

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
            "PYTHONUNBUFFERED": "1",
        }

    def run(self, *arguments: str, check: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
        """Run `python ARGUMENTS` to its end."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**self.env, **more},
            check=False,
            timeout=600,
            text=True,
            capture_output=True,
        )
        assert not (check and done.returncode), done.stderr
        return done

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
        place = self.place / "said.log"
        return place.read_text() if place.exists() else ""

    def sealer(self, *more: str) -> "subprocess.Popen[str]":
        return self.start("manage.py", "seal_ledger", "--forever", "--every", "0.1", *more)


TABLES = """
from django.conf import settings
from django.core.management import call_command
settings.MIGRATION_MODULES = type("None", (), {"__contains__": lambda *_: True, "__getitem__": lambda *_: None})()
call_command("migrate", run_syncdb=True, verbosity=0)
"""
SET_UP = f"""
import django
django.setup()
{TABLES}"""


@contextmanager
def installed(place: Path) -> Iterator[Installation]:
    """A new database with every table and trigger."""
    with _database(place) as url:
        made = Installation(place, url)
        made.run("-c", SET_UP)
        yield made


@contextmanager
def copied(template: Installation, place: Path) -> Iterator[Installation]:
    """A copy of an installation nobody uses, quickly made."""
    with _database(place, template) as url:
        yield Installation(place, url)


@contextmanager
def _database(place: Path, template: Installation | None = None) -> Iterator[str]:
    place.mkdir(mode=0o700, parents=True)
    given = settings.DATABASES["default"]
    if given["ENGINE"].endswith("sqlite3"):
        if template:
            shutil.copy(template.place / "assay.sqlite3", place / "assay.sqlite3")
        yield f"sqlite:///{place / 'assay.sqlite3'}"
        return
    server, _, base = os.environ["DATABASE_URL"].rpartition("/")
    name = f"{base}_{os.getpid()}_{place.name}"
    origin = f' TEMPLATE "{template.url.rpartition("/")[2]}"' if template else ""
    on_server(given, f'CREATE DATABASE "{name}"{origin}')
    try:
        yield f"{server}/{name}"
    finally:
        on_server(given, f'DROP DATABASE "{name}" WITH (FORCE)')


def on_server(server: Any, *statements: str) -> None:
    """Run statements on the server, outside any of our databases."""
    import psycopg

    given = {key.lower(): server[key] for key in ("HOST", "PORT", "USER", "PASSWORD") if server[key]}
    with psycopg.connect(dbname="postgres", autocommit=True, **given) as opened:
        for statement in statements:
            opened.execute(statement)


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
