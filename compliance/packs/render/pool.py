"""Rendering in processes of their own: they take the memory a render leaves behind with them when they end.

A child is told one piece of work a line and answers with a line. It keeps what it makes in the cache and sends nothing
back, and it is replaced when it has grown. It never sees the database: all it knows is in what it is told.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from threading import BoundedSemaphore
from typing import Any

from django.conf import settings

from compliance.packs.render.fragment import RenderFailed

LARGEST = 4
GROWN = 120 * 1024  # kilobytes: a child that needed more is not used again
Work = dict[str, Any]


class Workers:
    """Children that render, started when there is work for them."""

    def __init__(self, count: int | None = None) -> None:
        self.count = count or min(len(os.sched_getaffinity(0)), LARGEST)
        self.threads = ThreadPoolExecutor(self.count, thread_name_prefix="render")
        self.idle: SimpleQueue[_Child | None] = SimpleQueue()
        self.room = BoundedSemaphore(2 * self.count)  # what waits is in memory, so not everything may wait
        self.peak = 0
        for _ in range(self.count):
            self.idle.put(None)

    def submit(self, work: Work) -> "Future[None]":
        """Have `work` done; waits while too much of it is waiting."""
        self.room.acquire()
        line = json.dumps(work).encode() + b"\n"
        future = self.threads.submit(self._do, line, str(work.get("title", "")))
        future.add_done_callback(lambda _: self.room.release())
        return future

    def close(self) -> None:
        """End the children."""
        self.threads.shutdown(cancel_futures=True)
        for _ in range(self.count):
            child = self.idle.get()
            if child:
                child.end()

    def _do(self, line: bytes, title: str) -> None:
        child, keep = self.idle.get() or _Child(), False
        try:
            answer = child.ask(line)
            self.peak = max(self.peak, answer.get("peak", 0))
            keep = answer.get("peak", 0) < GROWN
            if "failed" in answer:
                raise RenderFailed(answer["failed"])
        except (OSError, ValueError) as error:
            raise RuntimeError(f"{title}: the process that set it ended ({error}).") from error
        finally:
            if not keep:
                child.end()
            self.idle.put(child if keep else None)


class _Child:
    def __init__(self) -> None:
        told = json.dumps({"NODE_MODULES": str(settings.NODE_MODULES), "DATA_DIR": str(settings.DATA_DIR)})
        command = [sys.executable, "-P", str(Path(__file__).with_name("child.py")), told]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=settings.BASE_DIR)

    def ask(self, line: bytes) -> dict[str, Any]:
        to, back = self.process.stdin, self.process.stdout
        if to is None or back is None:
            raise OSError("no pipe")
        to.write(line)
        to.flush()
        answer: dict[str, Any] = json.loads(back.readline())
        return answer

    def end(self) -> None:
        if self.process.stdin:
            self.process.stdin.close()
        if self.process.stdout:
            self.process.stdout.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def workers(count: int | None = None) -> Iterator[Workers]:
    """Children for one pack."""
    pool = Workers(count)
    try:
        yield pool
    finally:
        pool.close()
