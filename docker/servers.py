"""Throw-away PostgreSQL and Redis for the tests: in a folder under /tmp, on Unix sockets, gone afterwards.

Sockets need no free port, and nobody else on the machine can reach them.
"""

import os
import pwd
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from docker.steps import Command, StepFailed, start, step, stop, tail

# Tests need no safety against power cuts. A test is one transaction: one that reads every table locks 2,700 relations.
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60"]
FAST += ["max_locks_per_transaction=256"]
INIT = ["-U", "assay", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
MEND = "run `make test` again, or give a server of yours: DATABASE_URL=postgres://... make test"


@contextmanager
def postgres() -> Iterator[str]:
    """A new PostgreSQL; gives its DATABASE_URL. It refuses to run as root, so root lends it another user."""
    user, binaries = unprivileged(), postgres_binaries()
    with folder("assay-pg-", user) as home:
        data, log = home / "data", home / "postgres.log"
        settings = [f"--{setting}" for setting in (f"unix_socket_directories={home}", "listen_addresses=", *FAST)]
        step(
            "Making a throw-away PostgreSQL",
            [binaries / "initdb", "-D", data, *INIT],
            mend=MEND,
            timeout=120,
            user=user,
        )
        process = start([binaries / "postgres", "-D", data, *settings], log=log, user=user)
        try:
            wait("PostgreSQL", process, log, lambda: ready([binaries / "createdb", "-h", home, "-U", "assay", "assay"]))
            yield f"postgres://assay@{quote(str(home), safe='')}/assay"
        finally:
            stop(process, sign=signal.SIGINT)


@contextmanager
def redis() -> Iterator[str]:
    """A new Redis; gives the path of its socket."""
    with folder("assay-redis-", None) as home:
        socket, log = home / "redis.sock", home / "redis.log"
        options = f"--port 0 --unixsocket {socket} --save '' --appendonly no --dir {home}"
        process = start(["redis-server", *shlex.split(options)], log=log)
        try:
            wait("Redis", process, log, socket.exists)
            yield str(socket)
        finally:
            stop(process)


@contextmanager
def folder(prefix: str, user: str | None) -> Iterator[Path]:
    """A folder with a short name (a socket's path has little room) that belongs to `user`, removed at the end."""
    home = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    try:
        if user:
            os.chown(home, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def unprivileged() -> str | None:
    """The user root runs PostgreSQL as; None when we are not root."""
    if os.geteuid():
        return None
    return "postgres" if any(entry.pw_name == "postgres" for entry in pwd.getpwall()) else "nobody"


def postgres_binaries() -> Path:
    """Where the newest PostgreSQL's programs are (Debian keeps them off the PATH)."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    if not folders:
        raise StepFailed(
            "PostgreSQL is missing.\nMend: apt-get install postgresql, or DATABASE_URL=postgres://... make test"
        )
    return folders[-1]


def wait(name: str, process: subprocess.Popen[str], log: Path, answers: Callable[[], bool], seconds: int = 60) -> None:
    """Wait until a server answers; tell what it wrote when it does not."""
    until = time.monotonic() + seconds
    while not answers():
        if process.poll() is not None or time.monotonic() > until:
            raise StepFailed(
                f"{tail(log.read_text(errors='replace'))}\n{name} did not start.\nMend: read the lines above."
            )
        time.sleep(0.2)


def ready(command: Command) -> bool:
    """Whether a command succeeds."""
    return subprocess.run([str(part) for part in command], capture_output=True, check=False, timeout=30).returncode == 0
