"""An installation as people run it: demo organisation, web process, worker; built once, through the commands."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "demo-password-of-the-tests"
FLAGS = (
    "no-sandbox disable-gpu disable-quic no-first-run disable-background-networking "
    "disable-component-update disable-sync"
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker has the site, however many modules look at it."""
    for item in items:
        if "site" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("site"))


@dataclass(frozen=True)
class Site:
    """A running installation: its address, its data folder, and the environment its commands need."""

    address: str
    data: Path
    env: dict[str, str]

    def manage(self, *arguments: str, code: int = 0) -> str:
        """Run a management command and give what it printed; it must end with `code`."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == code, f"{' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def worker(self) -> subprocess.Popen[bytes]:
        """Start a Celery worker with beat."""
        command = [sys.executable, "-m", "celery", "-A", "compliance", "worker", "-B", "--concurrency", "1"]
        return start([*command, "--loglevel", "WARNING"], self.env, self.data / "worker.log")


def start(command: list[str], env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as stream:
        return subprocess.Popen(command, cwd=ROOT, env=env, stdout=stream, stderr=stream, start_new_session=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def database(data: Path) -> Iterator[str]:
    """A database of its own on the engine the run is for."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield f"sqlite:///{data / 'assay.sqlite3'}"
        return
    import psycopg

    name = f"assay_site_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("site")
    with database(data) as url:
        env = {name: value for name, value in os.environ.items() if not name.startswith(("ASSAY_", "DJANGO_"))}
        env |= {"ASSAY_DATA_DIR": str(data), "DATABASE_URL": url, "ASSAY_DEMO_PASSWORD": PASSWORD}
        port = free_port()
        running = Site(f"http://127.0.0.1:{port}", data, env)
        for command in ("migrate --no-input", "createcachetable", "load_catalogues", "load_demo", "seal_ledger"):
            running.manage(*command.split())
        bind = ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4"]
        web = start([sys.executable, "-m", "gunicorn", "compliance.wsgi", *bind], env, data / "web.log")
        try:
            wait_for(running)
            yield running
        finally:
            web.terminate()
            web.wait(20)


def wait_for(site: Site) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"{site.address}/healthz", timeout=5) as answer:  # noqa: S310  our own address
                assert answer.status == 200
                return
        except OSError:  # not there yet, or still starting
            time.sleep(0.25)
    raise AssertionError((site.data / "web.log").read_text()[-2000:])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed with its module: one process holds one Playwright at a time."""
    with sync_playwright() as play:
        chromium = os.environ.get("ASSAY_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
        browser = play.chromium.launch(executable_path=chromium, args=[f"--{flag}" for flag in FLAGS.split()])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def officer(site: Site, browser: Browser) -> Any:
    """The state of a browser in which the compliance officer has signed in through the form."""
    page = browser.new_page()
    page.goto(f"{site.address}/")
    page.locator("input[type=email]").fill("ilves@lumaro.example")
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("input[type=password]").press("Enter")
    page.wait_for_url("**/organisations/**")
    state = page.context.storage_state()
    page.close()
    return state
