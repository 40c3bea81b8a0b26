"""A real worker process, killed in the middle of a real pack."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from compliance.packs.verifier.checks import report

ROOT = Path(__file__).resolve().parents[2]
SEED = """
from datetime import date
from compliance.accounts.models import User
from compliance.ledger import change
from compliance.packs.registry import Period
from compliance.packs.services import request_pack
from compliance.projects import services
with change(by="tests"):
    mara = User.objects.create_user("mara@lumaro.example", "correct horse battery", name="Mara")
lumaro = services.create_organisation(name="Lumaro", by="tests", admin=mara)
project = services.create_project(organisation=lumaro, name="Stridewell", by=mara)
request_pack(scope=project, type="project_app", period=Period(date(2020, 1, 1), date(2040, 1, 1)), by=mara)
"""
pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def place(tmp_path):
    """An installation of its own: SQLite and a queue of files, with one pack asked for."""
    for command in (["migrate", "--verbosity", "0"], ["createcachetable"], ["shell", "-c", SEED]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env(tmp_path), check=True, timeout=300)
    return tmp_path


def env(folder):
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "CELERY_BROKER_URL"}}
    return {**kept, "ASSAY_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "compliance.settings"}


def start(folder):
    with (folder / "worker.log").open("ab") as log:
        command = [sys.executable, "-m", "celery", "-A", "compliance.celery", "worker", "-c", "1", "-l", "WARNING"]
        return subprocess.Popen(command, cwd=ROOT, env=env(folder), stdout=log, stderr=log, start_new_session=True)


def kill(worker):
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(30)


def job(folder):
    with closing(sqlite3.connect(folder / "assay.sqlite3", timeout=30)) as database:
        return database.execute("SELECT state, progress, attempt, error FROM jobs_job").fetchone()


def pack(folder):
    with closing(sqlite3.connect(folder / "assay.sqlite3", timeout=30)) as database:
        return database.execute("SELECT state, pdf_id, archive_id FROM packs_evidencepack").fetchone()


def wait_for(folder, reached, seconds=300):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if reached(job(folder)):
            return
        time.sleep(0.02)
    raise AssertionError(f"{job(folder)} after {seconds} s\n{(folder / 'worker.log').read_text()[-3000:]}")


def test_killing_the_worker_in_the_middle_leaves_no_half_pack_and_the_next_one_finishes_it(place):
    worker = start(place)
    try:
        wait_for(place, lambda row: row[0] == "running" and row[1] >= 10)
    finally:
        kill(worker)
    assert job(place)[0] == "running"
    assert pack(place) == ("requested", None, None)
    assert [path for path in (place / "files").rglob("*") if path.is_file()] == []
    worker = start(place)
    try:
        wait_for(place, lambda row: row[0] in {"done", "failed"})
    finally:
        kill(worker)
    assert job(place) == ("done", 100, 2, "")
    state, pdf, archive = pack(place)
    assert state == "built"
    for digest in (pdf, archive):
        assert report(str(place / "files" / digest[:2] / digest))[0] == 0
