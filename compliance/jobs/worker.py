"""Who is working: a name for this process by which others can tell whether it still lives."""

import os
import socket
from functools import cache
from pathlib import Path


@cache
def _machine() -> str:
    try:
        # Two containers may share a host name, but not the space their process numbers live in.
        return f"{socket.gethostname()}/{os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return socket.gethostname()


def me() -> str:
    """Name this process: machine, process number, moment it started."""
    return f"{_machine()}/{os.getpid()}/{_started(os.getpid())}"


def is_gone(worker: str) -> bool:
    """Tell whether `worker` was a process of this machine that no longer runs; False when in doubt."""
    machine, _, rest = worker.rpartition("/")
    machine, _, number = machine.rpartition("/")
    if machine != _machine() or not number.isdigit():
        return False
    started = _started(int(number))
    return started != rest


def _started(process: int) -> str:
    """The moment a process started, in clock ticks since boot; empty when there is no such process."""
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()
    return "" if fields[0] in {"Z", "X"} else fields[19]
