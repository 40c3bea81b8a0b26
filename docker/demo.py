"""The demonstration: catalogues, the demo organisation, one verified evidence pack, then web and worker until Ctrl-C.

python -m docker.demo [--port 8000] [--no-serve]

Everything it makes stands in `var/` (ASSAY_DATA_DIR names another folder); remove the folder to begin anew.
"""

import argparse
import fcntl
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from docker import setup
from docker.steps import PYTHON, ROOT, StepFailed, Terminated, start, step, stop, tail, told

DATA = Path(os.environ.get("ASSAY_DATA_DIR", ROOT / "var")).resolve()
ENV = {"ASSAY_DATA_DIR": str(DATA), "DJANGO_SETTINGS_MODULE": "compliance.settings"}
ANEW = f"read the lines above; to begin anew remove {DATA} and run `make demo` again"
Server = subprocess.Popen[str]


def main(port: int, serve: bool) -> None:
    """Set up, fill, prove, serve."""
    if serve:
        refuse_taken(port)
    setup.main("run")
    with alone():
        accounts = fill()
        with running("worker", [*CELERY, "worker", "-B", "--concurrency", "2", "--loglevel", "INFO"]) as worker:
            wait_for("worker", worker, lambda: " ready." in read_log("worker"))
            pack = exported_pack()
            print(f"\n  Evidence pack   {pack} (verified)")
            if not serve:
                print(f"{accounts}\n  To look around: make demo")
                return
            web = [*GUNICORN, "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
            with running("web", web) as site:
                wait_for("web", site, lambda: answers(port))
                print(f"  Address         http://localhost:{port}/\n{accounts}\n  Ctrl-C ends it.", flush=True)
                with suppress(KeyboardInterrupt, Terminated):
                    watch({"web": site, "worker": worker})
        print("\n  Ended; nothing is left running.")


CELERY: list[str | Path] = [PYTHON, "-m", "celery", "--app", "compliance"]
GUNICORN: list[str | Path] = [PYTHON, "-m", "gunicorn", "compliance.wsgi"]


def fill() -> str:
    """Make the database and load what it needs; gives the indented lines of `load_demo`: whom to sign in as."""
    manage("Making the database", "migrate", "--no-input")
    manage("Making the cache table", "createcachetable")
    manage("Loading the catalogues", "load_catalogues")
    said = manage("Loading the demo organisation", "load_demo")
    return "\n".join(line for line in said.splitlines() if line.startswith("  "))


def exported_pack() -> Path:
    """The pack of the first demo project, issued after an earlier one, unless a run before left genuine ones."""
    project = manage("Finding the demo project", "export_pack", "--list").split()[0]
    pack = DATA / "packs" / f"{project}.pdf"
    if not pack.exists():
        pack.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"Issuing the evidence pack of {project}, twice"
        said = manage(name, "issue_demo_pack", project, "--output", str(pack))
        if "No worker answers" in said:
            pack.unlink()
            raise died("worker")
    for file in (pack, pack.with_stem(f"{pack.stem}-earlier")):
        manage(f"Verifying {file.name}", "verify_pack", str(file))
    return pack


def manage(name: str, *arguments: str) -> str:
    """Run one management command as a step."""
    return step(name, [PYTHON, "manage.py", *arguments], mend=ANEW, timeout=900, env=ENV)


@contextmanager
def running(name: str, command: list[str | Path]) -> Iterator[Server]:
    """A server that writes to `var/logs` and is gone at the end."""
    process = start(command, log=log_of(name), env=ENV)
    try:
        yield process
    finally:
        stop(process)


@contextmanager
def alone() -> Iterator[None]:
    """One demonstration at a time in one data folder."""
    DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (DATA / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            mend = "end it, or give this one a folder and a port: ASSAY_DATA_DIR=/tmp/other make demo PORT=8001"
            raise StepFailed(f"Another `make demo` runs in {DATA}.\nMend: {mend}") from None
        yield


def refuse_taken(port: int) -> None:
    """Stop before the work when somebody else listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise StepFailed(f"Port {port}: {error.strerror}.\nMend: make demo PORT={port + 1}") from None


def wait_for(name: str, server: Server, ready: Callable[[], bool]) -> None:
    """Wait until a server is ready."""
    until = time.monotonic() + 120
    while not ready():
        if server.poll() is not None or time.monotonic() > until:
            raise died(name)
        time.sleep(0.2)


def answers(port: int) -> bool:
    """Whether the site answers and finds itself in order."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10).close()
    except OSError:
        return False
    return True


def watch(servers: dict[str, Server]) -> None:
    """Return never: until Ctrl-C, or until one of the servers ends by itself."""
    while True:
        for name, process in servers.items():
            if process.poll() is not None:
                raise died(name)
        time.sleep(0.5)


def died(name: str) -> StepFailed:
    """What to tell when a server does not answer or has ended."""
    return StepFailed(f"{tail(read_log(name))}\nThe {name} server ended or does not answer.\nMend: read {log_of(name)}")


def read_log(name: str) -> str:
    """What a server has written."""
    return log_of(name).read_text(errors="replace")


def log_of(name: str) -> Path:
    """The file a server writes to."""
    return DATA / "logs" / f"{name}.log"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Run Assay's demonstration.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--no-serve", action="store_true", help="stop after the pack")
    options = parser.parse_args()
    with told():
        main(options.port, not options.no_serve)
