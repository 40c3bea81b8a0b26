"""What a change costs beside the same write to a table without any ledger, committed for good.

One writer on either engine; and, on PostgreSQL (SQLite has one writer), eight processes that write 10,000 times while
the sealer seals. In the middle the sealer is killed (-9) and started again.
"""

import threading
import time

import pytest

from tests.ledger.installation import installed
from tests.ledger.test_writers import POSTGRESQL, PROCESSES, everything, sealing

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]
WRITES, ALONE, ROUNDS = 10_000, 500, 3


@pytest.fixture
def installation(tmp_path):
    """An installation of its own, empty."""
    with installed(tmp_path / "bench") as made:
        yield made


def write(installation, *more: str, processes: int = PROCESSES, writes: int = WRITES) -> float:
    """Let the writers write; gives writes per second."""
    done = installation.run("-m", "tests.ledger.writers", str(processes), str(writes), *more, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return writes / float(done.stdout)


def test_a_write_with_history_guard_and_on_sqlite_its_seal(installation, figure):
    installation.shell("from compliance.ledger.keys import make_signing_key; make_signing_key()")
    rounds = [
        [write(installation, *more, processes=1, writes=ALONE) for more in ((), ("plain",))] for _ in range(ROUNDS)
    ]
    tracked, plain = (sorted(rates)[ROUNDS // 2] for rates in zip(*rounds, strict=True))
    told = f"{1000 / tracked:.2f} ms, plain {1000 / plain:.2f} ms"
    figure("One change with its history, a plain write = 1", told, plain / tracked, limit=12)


@POSTGRESQL
def test_ten_thousand_writes_by_eight_writers(installation, figure):
    running = [sealing(installation)]

    def kill_and_start_again() -> None:
        running[0].kill()
        running[0].wait()
        running.append(installation.sealer())

    killer = threading.Timer(5, kill_and_start_again)
    killer.start()
    try:
        sealed = write(installation)
        began = time.monotonic()
    finally:
        killer.join()
        for process in running:
            process.terminate()
            process.wait(60)
    installation.manage("seal_ledger")
    lag = time.monotonic() - began
    plain = write(installation, "plain")

    written, *doubts = everything(installation)
    assert doubts == [0, 0, 0, 0]  # unsealed, streams with gaps, records out of order, doubts of verify_ledger
    assert written == WRITES + 4
    told = f"{sealed:.0f} writes/s, plain {plain:.0f}; all sealed {lag:.1f} s after the last"
    figure(f"{WRITES} writes by {PROCESSES} processes, a plain table = 1", told, plain / sealed, limit=12)
