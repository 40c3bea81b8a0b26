"""Set-up, demonstration and tests stop with a name and a mend, and leave nothing running."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from docker import setup
from docker.steps import ROOT, StepFailed, start, step, stop

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
FAMILY = ["sh", "-c", "sleep 60 & echo $!; wait"]
STARTER = f"import time; from docker.steps import spawn; print(spawn({SLEEPER}, -3).pid, flush=True); time.sleep(60)"


def alive(pid: int) -> bool:
    """Whether a process still works (a zombie does not)."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def soon(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether it becomes true within some seconds."""
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)
    return condition()


def test_a_step_gives_back_what_it_printed(capsys):
    assert step("Saying hello", ["echo", "hello"], mend="", timeout=10) == "hello\n"
    assert capsys.readouterr().out.startswith("  Saying hello ... ")


def test_a_failed_step_names_itself_its_last_words_and_the_mend():
    with pytest.raises(StepFailed) as failure:
        step("Looking", ["sh", "-c", "echo lost; exit 3"], mend="look again", timeout=10)

    assert str(failure.value) == "lost\nLooking: failed with exit code 3.\nMend: look again"


def test_a_step_that_hangs_ends_with_its_children(tmp_path):
    note = tmp_path / "pid"

    with pytest.raises(StepFailed, match="Waiting: not finished after 1 s"):
        step("Waiting", ["sh", "-c", f"sleep 60 & echo $! > {note}; wait"], mend="", timeout=1)

    assert soon(lambda: not alive(int(note.read_text())))


def test_a_stopped_server_takes_its_children_along(tmp_path):
    log = tmp_path / "log"
    server = start(FAMILY, log=log)
    assert soon(lambda: log.read_text() != "")
    child = int(log.read_text())
    assert alive(child)

    stop(server)

    assert soon(lambda: not alive(child))


@pytest.mark.skipif(sys.platform != "linux", reason="Linux ends a process with its parent")
def test_a_server_ends_when_its_starter_is_killed():
    starter = subprocess.Popen([sys.executable, "-c", STARTER], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    server = int(starter.stdout.readline())
    assert alive(server)

    os.kill(starter.pid, signal.SIGKILL)
    starter.wait()
    starter.stdout.close()

    assert soon(lambda: not alive(server))


def test_what_was_installed_is_known_by_its_hash(tmp_path):
    pins, stamp = tmp_path / "pins.txt", tmp_path / ".pins"
    pins.write_text("one==1")
    assert not setup.current(stamp, pins)

    stamp.write_text(setup.digest(pins))
    assert setup.current(stamp, pins)

    pins.write_text("one==2")
    assert not setup.current(stamp, pins)


def test_missing_system_packages_are_told_in_debians_names(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere/else")
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://somewhere")

    assert setup.missing_packages("run") == []
    assert setup.missing_packages("test") == ["chromium", "poppler-utils", "qpdf"]


def test_without_apt_the_mend_is_the_list_of_packages(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere/else")
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://somewhere")

    with pytest.raises(StepFailed, match="install what Debian calls chromium poppler-utils qpdf"):
        setup.system_packages("test")
