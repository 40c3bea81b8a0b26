"""Pages beside a bare Django page on the same server, in organisations of two sizes.

ASSAY_BENCH_PROJECTS=200 makes the larger one smaller; ASSAY_BENCH_DATABASES="URL URL" names loaded ones to measure.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from http.client import HTTPConnection
from itertools import product
from pathlib import Path
from socket import AF_UNIX, socket
from tempfile import mkdtemp
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from docker.steps import ROOT
from tests.bench.lists import AGAIN

pytestmark = [pytest.mark.bench, pytest.mark.timeout(5000)]

ASSAY, BARE = "compliance.wsgi", "tests.bench.bare:application()"
SMALL, LARGE = 20, int(os.environ.get("ASSAY_BENCH_PROJECTS", "2000"))
HISTORY_EACH = 50  # history rows per project
ROUNDS, PASSES = 5, 2  # apart in time: others work on the machine, too
BARE_ROUNDS = 30  # it is what all others are divided by
LIST, STATEMENT, DASHBOARD = 6, 15, 10  # times a bare page
LIST_AGAIN, STATEMENT_AGAIN = 26, 25  # drawn for the first who looks after a change
REDRAWN, REDRAWN_SOME = 250, 160  # the first view of a dashboard after a change of what all boxes show, and of a risk
CHANGE = """
import django
django.setup()
from compliance.ledger import change
from compliance.projects.models import Organisation, Project
from risks.models import Risk
organisation = Organisation.objects.get(demonstration=True)
project = Project.objects.in_organisation(organisation).order_by("reference")[2]
risk = Risk.objects.filter(project=project).order_by("reference").first()
organisation.address += "."
risk.title = risk.title[:-1] + ("." if risk.title[-1] != "." else "!")
with change(by="bench", reason="Measuring"):
    {changed}.save()
"""
CHANGES = {"redrawn": "organisation", "after a risk": "risk"}  # what is around every box, and what few boxes show
QUERIES, WORKER_MB, MIGRATE_SECONDS = 12, 150, 20
LIMITS = {
    "Applicability": STATEMENT,
    f"Applicability{AGAIN}": STATEMENT_AGAIN,
    "Dashboard of the project": DASHBOARD,
    "Dashboard of the organisation": DASHBOARD,
    "Dashboard of the project, redrawn": REDRAWN,
    "Dashboard of the organisation, redrawn": REDRAWN,
    "Dashboard of the project, after a risk": REDRAWN_SOME,
    "Dashboard of the organisation, after a risk": REDRAWN_SOME,
}


class OnSocket(HTTPConnection):
    """A connection to a server on a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=600)
        self.path = path

    def connect(self) -> None:
        self.sock = socket(AF_UNIX)
        self.sock.settimeout(600)
        self.sock.connect(str(self.path))

    @classmethod
    def ask(cls, path: Path, address: str, cookie: str) -> None:
        """Get a page to its last byte."""
        asking = cls(path)
        asking.request("GET", address, headers={"Cookie": cookie})
        response = asking.getresponse()
        response.read()
        response.close()
        asking.close()
        assert response.status == 200, f"{address} answers {response.status}"


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    folder = Path(mkdtemp(prefix="assay-bench-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def environment(home: Path, url: str) -> dict[str, str]:
    own = {"ASSAY_DATA_DIR": str(home / "data"), "DJANGO_SETTINGS_MODULE": "compliance.settings", "DATABASE_URL": url}
    return {**os.environ, **own, "ASSAY_HOSTS": "localhost,testserver", "ASSAY_DEMO_PASSWORD": "correct horse battery"}


def run(home: Path, url: str, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment(home, url), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@contextmanager
def database(home: Path, name: str) -> Iterator[str]:
    """The address of a new, empty database of the engine the tests run on."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{home / name}.sqlite3"
        return
    import psycopg

    about = settings.DATABASES["default"]
    where = {"host": about["HOST"], "port": about["PORT"], "user": about["USER"], "password": about["PASSWORD"]}
    given = {key: value for key, value in where.items() if value}
    with psycopg.connect(dbname="postgres", autocommit=True, **given) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        server.execute(f'CREATE DATABASE "{name}"')
        person = f"{about['USER']}:{quote(about['PASSWORD'], safe='')}" if about["PASSWORD"] else about["USER"]
        port = f":{about['PORT']}" if about["PORT"] else ""
        yield f"postgres://{person}@{quote(about['HOST'] or 'localhost', safe='')}{port}/{name}"
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def volumes(home: Path) -> Iterator[dict[int, str]]:
    """The addresses of two loaded databases, by their number of projects."""
    if given := os.environ.get("ASSAY_BENCH_DATABASES"):
        yield dict(zip((SMALL, LARGE), given.split(), strict=True))
        return
    with ExitStack() as stack:
        urls = {size: stack.enter_context(database(home, f"bench_{size}")) for size in (SMALL, LARGE)}
        for size, url in urls.items():
            run(home, url, "manage.py", "migrate", "--no-input", "-v0")
            run(home, url, "manage.py", "load_catalogues")
            rows = str(size * HISTORY_EACH)
            run(home, url, "manage.py", "load_volume", "--projects", str(size), "--history", rows)
            run(home, url, "manage.py", "seal_ledger")  # overviews are kept as far as the ledger is sealed
        yield urls


@dataclass
class Server:
    """One worker as in service, and the PostgreSQL process that works for it."""

    path: Path
    pid: int
    name: str
    spent: dict[int, int] = field(default_factory=dict)

    @cached_property
    def worker(self) -> int:
        return int(Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()[0])

    def processes(self) -> list[int]:
        if connection.vendor == "sqlite":
            return [self.worker]
        with connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [self.name])
            return [self.worker, *(pid for (pid,) in cursor.fetchall())]

    def processor_time(self) -> float:
        """Seconds on a processor so far; a connection that was replaced meanwhile counts as far as it was seen."""
        for pid in self.processes():
            with suppress(FileNotFoundError):
                self.spent[pid] = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
        return sum(self.spent.values()) / 1e9

    def memory_mb(self) -> float:
        lines = Path(f"/proc/{self.worker}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@contextmanager
def serving(home: Path, url: str, app: str) -> Iterator[Server]:
    """gunicorn with one worker on a socket of its own."""
    path = home / f"{time.monotonic_ns()}.sock"
    command = [sys.executable, "-m", "gunicorn", app, "--bind", f"unix:{path}", "--workers", "1", "--timeout", "900"]
    env = {**environment(home, url), "PGAPPNAME": path.stem}
    with (home / "gunicorn.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        for _ in range(1200):
            if path.exists() and Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text():
                break
            time.sleep(0.1)
        yield Server(path, process.pid, path.stem)
    finally:
        process.terminate()
        process.wait(30)


def seconds(server: Server, address: str, cookie: str, rounds: int = ROUNDS) -> float:
    """Processor time of one answer, of the worker and of its PostgreSQL process: what it needs, however busy we are."""
    best = float("inf")
    for _ in range(rounds):
        began = server.processor_time()
        OnSocket.ask(server.path, address, cookie)
        best = min(best, server.processor_time() - began)
        if best > 1:  # a slow page is as slow the second time
            break
    return best


def measure(home: Path, url: str) -> dict[str, Any]:
    """What each page and the bare one cost."""
    told = json.loads(run(home, url, "-m", "tests.bench.asked").splitlines()[-1])
    asked = {name: address for name, (address, *_) in told["pages"].items()}
    with serving(home, url, BARE) as bare, serving(home, url, ASSAY) as pages:
        OnSocket.ask(bare.path, told["bare"], "")
        OnSocket.ask(pages.path, asked["Packs"], told["cookie"])
        first = seconds(bare, told["bare"], "", rounds=BARE_ROUNDS)
        best: dict[str, float] = {}
        for turn, (name, address) in product(range(PASSES), asked.items()):
            if name.endswith(AGAIN):
                addresses = [f"{address}{turn}{n}" for n in range(ROUNDS)]
                took = min(seconds(pages, one, told["cookie"], rounds=1) for one in addresses)
            else:
                took = seconds(pages, address, told["cookie"])
            best[name] = min(best.get(name, took), took)
        for name in [name for name in asked if name in LIMITS and LIMITS[name] == DASHBOARD]:
            for how, changed in CHANGES.items():
                took = []
                for _ in range(PASSES):
                    run(home, url, "-c", CHANGE.format(changed=changed))
                    took.append(seconds(pages, asked[name], told["cookie"], rounds=1))
                best[f"{name}, {how}"] = min(took)
                told["pages"][f"{name}, {how}"] = told["pages"][name]
        best[""] = min(first, seconds(bare, told["bare"], "", rounds=BARE_ROUNDS))
        memory = pages.memory_mb()
    return {"bare": best.pop(""), "seconds": best, "memory": memory, "pages": told["pages"]}


@pytest.fixture(scope="module")
def measured(
    home: Path, django_db_setup: None, django_db_blocker: Any, volumes: dict[int, str]
) -> dict[int, dict[str, Any]]:
    with django_db_blocker.unblock():
        return {size: measure(home, url) for size, url in volumes.items()}


def test_an_empty_database_is_ready_soon(home, figure):
    with database(home, "bench_empty") as url:
        began = time.perf_counter()
        run(home, url, "manage.py", "migrate", "--no-input", "-v0")
        took = time.perf_counter() - began
        figure("Migrations, seconds", f"{took:.1f} s", took, limit=MIGRATE_SECONDS)


def test_pages_cost_a_few_bare_pages_at_any_size(db, measured, figure):
    late = []
    for size, found in measured.items():
        for name, took in found["seconds"].items():
            _, queries, length = found["pages"][name]
            about = f"{took * 1000:.1f} ms (bare {found['bare'] * 1000:.1f}), {queries} queries, {length // 1000} kB"
            limit = LIMITS.get(name, LIST_AGAIN if name.endswith(AGAIN) else LIST)
            late += told(figure, f"{name}, {size} projects", about, took / found["bare"], limit)
            if limit in {LIST, LIST_AGAIN, STATEMENT, STATEMENT_AGAIN}:
                late += told(figure, f"{name}, {size} projects: queries", "", queries, QUERIES)
        late += told(figure, f"Worker, {size} projects: MB", "", found["memory"], WORKER_MB)
    assert late == []


def told(figure: Any, name: str, about: str, ratio: float, limit: float) -> list[str]:
    """Put a line into the table; gives the line when it is above its limit."""
    try:
        figure(name, about, ratio, limit=limit)
    except AssertionError as above:
        return [str(above)]
    return []
