"""The whole test suite, on SQLite and on PostgreSQL, with what it needs of servers.

python -m docker.suite [--jobs 2] [pytest's arguments]

DATABASE_URL and CELERY_BROKER_URL name servers of yours; without them it starts its own and removes them.
"""

import argparse
import os
import signal
import subprocess
import threading
from contextlib import ExitStack

from docker import servers, setup
from docker.steps import PYTHON, Command, StepFailed, spawn, stop, told

LIMIT = 1500  # seconds for one engine; a single test has 120 (pyproject.toml)


def main(jobs: int, arguments: list[str]) -> None:
    """Both engines, also when the first fails; then one summary."""
    setup.main("test")
    with ExitStack() as stack:
        given = {name: os.environ.pop(name) for name in ("DATABASE_URL", "CELERY_BROKER_URL") if name in os.environ}
        broker = given.get("CELERY_BROKER_URL") or f"redis+socket://{stack.enter_context(servers.redis())}"
        database = given.get("DATABASE_URL") or stack.enter_context(servers.postgres())
        engines: dict[str, dict[str, str]] = {
            "SQLite": {},
            "PostgreSQL": {"DATABASE_URL": database, "CELERY_BROKER_URL": broker},
        }
        results = {name: pytest(name, env, jobs, arguments) for name, env in engines.items()}
    print("\nSummary")
    for name, (_, line) in results.items():
        print(f"  {name:<11} {line}")
    if failed := [name for name, (code, _) in results.items() if code]:
        raise StepFailed(
            f"Tests fail on {' and '.join(failed)}.\nMend: read the failures above; one test: make test ARGS='-k name'"
        )
    print("  All tests pass on both engines.")


def pytest(engine: str, env: dict[str, str], jobs: int, arguments: list[str]) -> tuple[int, str]:
    """Run pytest within the limit, showing its output; gives its exit code and closing line."""
    print(f"\nTests on {engine}", flush=True)
    command: Command = [PYTHON, "-m", "pytest", "--numprocesses", str(jobs), "--dist", "loadgroup", *arguments]
    process = spawn(command, subprocess.PIPE, env)
    closing, overdue = "no output", threading.Timer(LIMIT, os.killpg, [process.pid, signal.SIGKILL])
    overdue.start()
    try:
        for line in process.stdout or []:
            print(line, end="", flush=True)
            closing = line.strip() or closing
        return process.wait(), closing if process.returncode >= 0 else f"stopped after {LIMIT} s; last: {closing}"
    finally:
        overdue.cancel()
        stop(process)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Run Assay's tests on both engines.")
    parser.add_argument("--jobs", type=int, default=2)
    options, rest = parser.parse_known_args()
    with told():
        main(options.jobs, rest)
