"""Installations of their own for the tests that kill: a data folder, a database, a broker, real processes."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from shutil import copytree
from typing import Any

from tests.ledger.installation import TABLES

ROOT = Path(__file__).resolve().parents[2]
SEED = f"""{TABLES}
call_command("createcachetable")
from compliance.accounts.models import User
from compliance.ledger import change
from compliance.ledger.keys import make_signing_key
from compliance.projects import services
make_signing_key()
with change(by="tests"):
    mara = User.objects.create_user("mara@lumaro.example", "correct horse battery", name="Mara")
lumaro = services.create_organisation(name="Lumaro", by="tests", admin=mara)
services.grant_role(user=mara, role="compliance_officer", scope=lumaro, by="tests")
services.create_project(organisation=lumaro, name="Stridewell", by=mara)
"""
ASK = """
import time
from datetime import date
from compliance.packs.registry import Period
from compliance.packs.services import request_pack
from compliance.projects.models import Project
from compliance.accounts.models import User
begun = time.monotonic()
request_pack(scope=Project.objects.get(), type="ropa_only", period=Period(date(2020, 1, 1), date(2040, 1, 1)),
             by=User.objects.get())
print(round(time.monotonic() - begun, 1))
"""
JOBS = "SELECT state, progress, attempt, error FROM jobs_job ORDER BY requested_at"
PACKS = "SELECT state, pdf_id, archive_id FROM packs_evidencepack ORDER BY reference"


class Machine:
    """One installation."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        kept = {name: text for name, text in os.environ.items() if name not in {"DATABASE_URL", "CELERY_BROKER_URL"}}
        self.env = {
            **kept, "ASSAY_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "compliance.settings", **settings
        }  # fmt: skip
        self.running: list[subprocess.Popen[bytes]] = []

    def make(self) -> "Machine":
        """Make the database, an organisation with a project, and somebody who manages it."""
        self.manage("shell", "--no-imports", "-c", SEED)
        return self

    def copy(self, folder: Path, **settings: str) -> "Machine":
        """Another installation with the same data; only where the database is a file."""
        copytree(self.folder, folder, dirs_exist_ok=True)
        return Machine(folder, **settings)

    def manage(self, *command: str) -> str:
        """Run a management command; return what it prints."""
        line = [sys.executable, "manage.py", *command]
        done = subprocess.run(line, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self) -> float:
        """Ask for a pack; return the seconds it took to be accepted."""
        return float(self.manage("shell", "--no-imports", "-c", ASK).splitlines()[-1])

    def look(self) -> Any:
        """The jobs (state, percent, attempt, error) and the packs (state, PDF, ZIP), read beside Assay."""
        with closing(self.connect()) as database:
            return [[list(row) for row in database.execute(sql).fetchall()] for sql in (JOBS, PACKS)]

    def connect(self) -> Any:
        """A connection of our own to the installation's database; repeats while it is starting up again."""
        url = self.env.get("DATABASE_URL", "")
        if not url:
            return sqlite3.connect(self.folder / "assay.sqlite3", timeout=30)
        import psycopg  # only PostgreSQL needs it

        for _ in range(100):
            with suppress(psycopg.OperationalError):
                return psycopg.connect(url, autocommit=True)
            time.sleep(0.1)
        return psycopg.connect(url, autocommit=True)

    def waits_for_a_lock(self) -> bool:
        """Whether somebody waits for a table another one holds; PostgreSQL only."""
        with closing(self.connect()) as database:
            return bool(database.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone())

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start a process in a group of its own, so that it can be killed with its children."""
        with (self.folder / f"{name}.log").open("ab") as log:
            line = [sys.executable, "-m", *command]
            process = subprocess.Popen(line, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True)
        self.running.append(process)
        return process

    def worker(self) -> subprocess.Popen[bytes]:
        """A worker with its clock."""
        beat = str(self.folder / "beat")
        return self.start("worker", "celery", "-A", "compliance.celery", "worker", "-B", "-s", beat, "-c", "1", "-l", "WARNING")  # fmt: skip  # noqa: E501

    def wait(self, reached: Callable[[Any, Any], bool], seconds: int = 240) -> Any:
        """Until jobs and packs are as they should be."""
        until = time.monotonic() + seconds
        while True:
            jobs, packs = self.look()
            if reached(jobs, packs):
                return jobs, packs
            assert time.monotonic() < until, f"{jobs} {packs}\n{self.log('worker')}"
            time.sleep(0.1)

    def files(self) -> list[Path]:
        """What it keeps in its store."""
        return [path for path in (self.folder / "files").rglob("*") if path.is_file()]

    def log(self, name: str) -> str:
        """The end of what a process has written."""
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9, the children too."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)

    def end(self) -> None:
        """Leave nothing running."""
        for process in self.running:
            self.kill(process)
