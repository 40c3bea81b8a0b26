"""Asking a virus scanner, when one is configured: bytes on its standard input, the answer in its exit code."""

import shlex
import subprocess
import tempfile
from contextlib import suppress
from pathlib import PurePath
from threading import Timer
from typing import IO

from django.conf import settings

CLEAN, INFECTED = 0, 1
PIECE = 1024 * 1024


class Infected(Exception):
    """The scanner found something; the message is what it said."""


class NotScanned(Exception):
    """The scanner gave no answer: nothing is kept that was not looked at."""


def scan(stream: IO[bytes]) -> str:
    """What the scanner said of a clean file, or nothing when none is configured. Raises Infected and NotScanned."""
    if not (command := shlex.split(settings.ASSAY_SCAN_COMMAND)):
        return ""
    with tempfile.TemporaryFile() as told:
        try:
            code = _feed(command, stream, told)
        except OSError as failed:
            raise NotScanned(str(failed)) from None
        told.seek(0)
        lines = told.read(10_000).decode(errors="replace").split("\n")
    said = next((line.strip() for line in reversed(lines) if line.strip()), "no words")[:150]
    if code == INFECTED:
        raise Infected(said)
    if code != CLEAN:
        raise NotScanned(f"exit code {code}")
    return f"{PurePath(command[0]).name}: {said}"


def _feed(command: list[str], stream: IO[bytes], told: IO[bytes]) -> int:
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=told, stderr=subprocess.STDOUT)
    clock = Timer(settings.ASSAY_SCAN_SECONDS, process.kill)
    clock.start()
    try:
        with suppress(BrokenPipeError):  # it has seen enough
            while (piece := stream.read(PIECE)) and process.stdin:
                process.stdin.write(piece)
        with suppress(BrokenPipeError):
            if process.stdin:
                process.stdin.close()
        return process.wait()
    finally:
        clock.cancel()
        process.kill()
        process.wait()
