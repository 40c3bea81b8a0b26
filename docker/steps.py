"""Steps that name themselves, say how long they took, and tell the mend when they fail; servers that end with us."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv" / "bin" / "python"
COMPILED_ANEW = "PYTHONDONTWRITEBYTECODE"  # set in many images: each of our processes would compile a thousand modules
Command = Sequence[str | Path]


class StepFailed(Exception):
    """A step did not finish; the message names the step and the mend."""


class Terminated(BaseException):
    """Somebody asked us to end (SIGTERM): unwind and stop what we started."""


def step(
    name: str,
    command: Command,
    *,
    mend: str,
    timeout: int,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
) -> str:
    """Run `command` in the checkout within `timeout` seconds and give back what it printed."""
    print(f"  {name} ... ", end="", flush=True)
    began = time.monotonic()
    process = spawn(command, subprocess.PIPE, env, user)
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        output = stop(process)
        print("no end")
        raise StepFailed(f"{tail(output)}\n{name}: not finished after {timeout} s.\nMend: {mend}") from None
    except BaseException:
        print("stopped")
        stop(process)
        raise
    if process.returncode:
        print("failed")
        raise StepFailed(f"{tail(output)}\n{name}: failed with exit code {process.returncode}.\nMend: {mend}")
    print(f"{time.monotonic() - began:.1f} s")
    return output


def start(
    command: Command, *, log: Path, env: Mapping[str, str] | None = None, user: str | None = None
) -> subprocess.Popen[str]:
    """Start a server that writes to a new `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as stream:
        return spawn(command, stream, env, user)


def spawn(
    command: Command, output: int | IO[str], env: Mapping[str, str] | None = None, user: str | None = None
) -> subprocess.Popen[str]:
    """Start a process in a group of its own, as `user` if root lends one, that ends when we do."""
    person = pwd.getpwnam(user) if user else None
    kept = {name: value for name, value in os.environ.items() if name != COMPILED_ANEW}
    return subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env={**kept, "PYTHONUNBUFFERED": "1", **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
        user=person and person.pw_uid,
        group=person and person.pw_gid,
        extra_groups=[] if person else None,
        preexec_fn=die_with_parent,
    )


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent is gone; elsewhere the parent's own stop() has to do."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def stop(process: subprocess.Popen[str], *, sign: signal.Signals = signal.SIGTERM, patience: float = 15) -> str:
    """End a process, politely first so that it ends its children, then its group; give back what it still said."""
    process.send_signal(sign)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(patience)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.communicate()[0] or ""


def tail(text: str, lines: int = 25) -> str:
    """The last lines of a long output."""
    return "\n".join(text.rstrip().splitlines()[-lines:])


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Turn a failed step, Ctrl-C and SIGTERM into a plain message and an honest exit code."""

    def terminate(*_: object) -> None:
        raise Terminated

    signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    except StepFailed as failure:
        print(f"\n{failure}", file=sys.stderr)
        raise SystemExit(1) from None
    except (KeyboardInterrupt, Terminated) as ended:
        print("\nStopped.", file=sys.stderr)
        raise SystemExit(130 if isinstance(ended, KeyboardInterrupt) else 143) from None
