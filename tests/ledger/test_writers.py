"""Eight processes write at once while the sealer seals: nothing is lost, doubled, moved or blocked.

`make bench` does the same with 10,000 writes (tests/bench/test_ledger_writes.py).
"""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import connections

from tests.ledger.installation import on_server

POSTGRESQL = pytest.mark.skipif(
    not os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="SQLite has one writer at a time"
)
pytestmark = [
    POSTGRESQL,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("installation"),
]
WRITES, PROCESSES = 400, 8
FOUND = """
from compliance.ledger.models import Entry, Leaf
from compliance.ledger.verification import verify
streams = {}
for stream, seq, model, object_id, history_id in Leaf.objects.order_by("stream", "seq").values_list(
    "stream", "seq", "entry__model", "entry__object_id", "entry__history_id"
):
    streams.setdefault(stream, []).append((seq, model, object_id, history_id))
gaps = sum([seq for seq, *_ in leaves] != list(range(len(leaves))) for leaves in streams.values())
records = {}
for leaves in streams.values():
    for _, model, object_id, history_id in leaves:
        records.setdefault((model, object_id), []).append(history_id)
moved = sum(ids != sorted(ids) for ids in records.values())
saved = Entry.objects.filter(actor="system:tests", model__in=["projects.project", "projects.apptarget"])
print(saved.count(), Entry.objects.unsealed().count(), gaps, moved, len([str(f) for f in verify()]))
"""


def until(said: Callable[[], str], words: str, seconds: float = 60) -> None:
    """Wait until something is said."""
    end = time.monotonic() + seconds
    while words not in said():
        assert time.monotonic() < end, said()
        time.sleep(0.1)


def sealing(installation):
    """A sealer at work."""
    mark = len(installation.said)
    process = installation.sealer()
    until(lambda: installation.said[mark:], "Sealing.")
    return process


def everything(installation) -> list[int]:
    """How many rows were written; how many are unsealed, in streams with gaps, out of order, in doubt."""
    return [int(word) for word in installation.shell(FOUND).split()]


def ended(process) -> int:
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    return process.wait(30)


def test_eight_writers_and_the_sealer_leave_no_gap_no_double_and_no_deadlock(installation):
    sealer = sealing(installation)
    try:
        done = installation.run("-m", "tests.ledger.writers", str(PROCESSES), str(WRITES), check=False)
        assert (done.returncode, done.stderr) == (0, "")
    finally:
        assert ended(sealer) == 0
    installation.manage("seal_ledger")

    made = 4  # projects
    assert everything(installation) == [WRITES + made, 0, 0, 0, 0]


def test_killed_sealers_and_writers_leave_a_sound_ledger(installation):
    sealer = sealing(installation)
    writers = installation.start("-m", "tests.ledger.writers", str(PROCESSES), "100000", "slowly")
    try:
        until(lambda: installation.said, "Sealed ")
        sealer.kill()
        sealer.wait()
        sealer = sealing(installation)
        mark = len(installation.said)
        until(lambda: installation.said[mark:], "Sealed ")
    finally:
        for child in children(writers.pid):
            os.kill(child, signal.SIGKILL)
        writers.kill()
        writers.wait()
        sealer.kill()
        sealer.wait()
    installation.manage("seal_ledger")

    written, *doubts = everything(installation)
    assert doubts == [0, 0, 0, 0]
    assert written > 20


def test_a_sealer_waits_for_a_database_that_went_away_and_goes_on(installation):
    name = installation.url.rpartition("/")[2]
    server = connections["default"].settings_dict
    ended_by = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    sealer = sealing(installation)
    try:
        on_server(server, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false', ended_by)
        until(lambda: installation.said, "The database does not answer")
        on_server(server, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        until(lambda: installation.said, "Sealing again.")
        installation.run("-m", "tests.ledger.writers", "1", "10")
        until(lambda: str(everything(installation)), "[14, 0, 0, 0, 0]")  # it may take them in two batches
    finally:
        assert ended(sealer) == 0


def children(pid: int) -> list[int]:
    """The processes a process has forked."""
    with open(f"/proc/{pid}/task/{pid}/children") as found:
        return [int(child) for child in found.read().split()]
