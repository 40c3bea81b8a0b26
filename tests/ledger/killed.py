"""A writer and a sealer, killed (-9) at each of their steps, one after the other: `python -m tests.ledger.killed`.

A step is a statement, or a COMMIT: once the process dies before it, once right after it, until one lives to its end.
Prints, as JSON, how often each was killed and what was wrong afterwards.
"""

import json
import os
import signal
from collections.abc import Callable
from typing import Any

import django

WRITES, BATCH = 4, 3  # more than a batch, so that a seal ends between two


class Fuse:
    """Ends the process at the n-th step."""

    def __init__(self, left: int) -> None:
        self.left = left

    def burn(self) -> None:
        self.left -= 1
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def __call__(self, execute: Callable[..., Any], *statement: Any) -> Any:
        self.burn()
        answer = execute(*statement)
        self.burn()
        return answer


def write() -> None:
    """One change of several records, as a service makes it; on SQLite its seal is part of it."""
    from compliance.ledger import change
    from compliance.projects.models import Project

    with change(by="tests", reason="Written while dying."):
        for project in Project.objects.select_for_update().order_by("reference"):
            project.summary = f"{project.summary} and on"
            project.save()


def seal() -> None:
    """What the sealer does at each beat."""
    from compliance.ledger import keys, sealing

    sealing.BATCH = BATCH
    keys.make_signing_key()
    sealing.seal()


def dies(work: Callable[[], None], steps: int) -> bool:
    """Whether the work was killed when it had taken so many half steps."""
    from django.db import connection, connections

    connections.close_all()
    if child := os.fork():
        return os.waitpid(child, 0)[1] == signal.SIGKILL
    fuse = Fuse(steps)
    commit = connection._commit

    def committed() -> None:
        fuse.burn()
        commit()
        fuse.burn()

    connection._commit = committed
    try:
        with connection.execute_wrapper(fuse):
            work()
    finally:
        os._exit(0)


def found() -> dict[str, int]:
    """How far the ledger is: every number of it belongs to the others."""
    from compliance.ledger.models import Checkpoint, Entry, Leaf, LogLeaf
    from compliance.projects.models import Project

    newest = Checkpoint.objects.order_by("-size").first()
    return {
        "written": Project.history.filter(history_change_reason="Written while dying.").count(),
        "entries": Entry.objects.filter(model="projects.project").count(),
        "sealed": Leaf.objects.count(),
        "waiting": Entry.objects.unsealed().count(),
        "log": LogLeaf.objects.count(),
        "signed": newest.size if newest else 0,
    }


def wrong(before: dict[str, int], after: dict[str, int]) -> list[str]:
    """What is half after a death."""
    doubts = []
    if after["written"] - before["written"] not in {0, WRITES}:
        doubts.append("half a change")
    if after["entries"] - before["entries"] != after["written"] - before["written"]:
        doubts.append("a change without its entries")
    if after["log"] != after["signed"]:
        doubts.append("heads nobody signed")
    if after["sealed"] != before["sealed"] and after["signed"] == before["signed"]:
        doubts.append("leaves under no head")
    return [f"{doubt}: {before} {after}" for doubt in doubts]


def main() -> None:
    """Kill at every step, look each time, and verify everything at the end."""
    from compliance.ledger.verification import verify
    from compliance.projects.models import Project
    from tests.ledger.writers import prepare

    prepare(plain=False)
    assert Project.objects.count() == WRITES
    deaths, doubts = {}, []
    for work in (seal, write, seal):
        steps = 0
        before = found()
        while dies(work, steps):
            after = found()
            doubts += wrong(before, after)
            before, steps = after, steps + 1
        deaths[f"{len(deaths)} {work.__name__}"] = steps
    seal()
    doubts += [str(doubt) for doubt in verify()]
    print(json.dumps({"deaths": deaths, "doubts": doubts, "waiting": found()["waiting"]}))  # noqa: T201


if __name__ == "__main__":
    django.setup()
    main()
