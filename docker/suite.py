"""The whole test suite, on SQLite and on PostgreSQL, with what it needs of servers.

python -m docker.suite [--jobs 3] [pytest's arguments]

DATABASE_URL and CELERY_BROKER_URL name servers of yours; without them it starts its own and removes them.
"""

import argparse
import os
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack

from docker import servers, setup
from docker.steps import PYTHON, Command, StepFailed, spawn, stop, told

JOBS = min((os.cpu_count() or 1) + 1, 8)  # one more than processors: some tests wait for processes of their own
LIMIT = 2000  # seconds for one engine; a single test has 120 (pyproject.toml)


ENGINES = ("SQLite", "PostgreSQL")


def main(jobs: int, arguments: list[str], engines: Sequence[str] = ENGINES, limit: int = LIMIT) -> None:
    """Every engine, also when the first fails; then one summary."""
    setup.main("test")
    with ExitStack() as stack:
        own = {name: os.environ.pop(name) for name in ("DATABASE_URL", "CELERY_BROKER_URL") if name in os.environ}
        broker = own.get("CELERY_BROKER_URL") or f"redis+socket://{stack.enter_context(servers.redis())}"
        database = own.get("DATABASE_URL") or stack.enter_context(servers.postgres())
        given: dict[str, dict[str, str]] = {
            "SQLite": {},
            "PostgreSQL": {"DATABASE_URL": database, "CELERY_BROKER_URL": broker},
        }
        # Tests with databases of their own, or none, say the same twice.
        again = {name: ["-m", "not bench and not once"] if at else [] for at, name in enumerate(engines)}
        results = {name: pytest(name, given[name], jobs, [*again[name], *arguments], limit) for name in engines}
    print("\nSummary")
    for name, (_, line) in results.items():
        print(f"  {name:<11} {line}")
    if failed := [name for name, (code, _) in results.items() if code]:
        raise StepFailed(
            f"Tests fail on {' and '.join(failed)}.\nMend: read the failures above; one test: make test ARGS='-k name'"
        )
    print(f"  All tests pass on {' and '.join(engines)}.")


def pytest(engine: str, env: dict[str, str], jobs: int, arguments: list[str], limit: int = LIMIT) -> tuple[int, str]:
    """Run pytest within the limit, showing its output; gives its exit code and closing line."""
    print(f"\nTests on {engine}", flush=True)
    command: Command = [PYTHON, "-m", "pytest", "--numprocesses", str(jobs), "--dist", "loadgroup", *arguments]
    process = spawn(command, subprocess.PIPE, env)
    # Asked to end, pytest still tears its fixtures down and names the failures; a minute later it is made to.
    overdue = [
        threading.Timer(limit, os.kill, [process.pid, signal.SIGINT]),
        threading.Timer(limit + 60, os.killpg, [process.pid, signal.SIGKILL]),
    ]
    for timer in overdue:
        timer.start()
    began, closing = time.monotonic(), "no output"
    try:
        for line in process.stdout or []:
            print(line, end="", flush=True)
            closing = line.strip() or closing
        process.wait()
        return (
            process.returncode,
            closing if time.monotonic() - began < limit else f"stopped after {limit} s; {closing}",
        )
    finally:
        for timer in overdue:
            timer.cancel()
        stop(process, sign=signal.SIGINT)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Run Assay's tests on both engines.")
    parser.add_argument("--jobs", type=int, default=JOBS)
    options, rest = parser.parse_known_args()
    with told():
        main(options.jobs, rest)
