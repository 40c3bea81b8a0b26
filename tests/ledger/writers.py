"""Many writers at once: `python -m tests.ledger.writers PROCESSES WRITES [plain] [slowly]`.

Each is a process of its own that saves a project it shares with others, as the services do: row locked, history
written, references taken from one counter. `plain` does the same to a table without any ledger. Prints the seconds
the writing took and, per line, who failed.
"""

import os
import sys
import time
import traceback
from typing import Any

import django

PROJECTS = 4
PAUSE = 0.1 if "slowly" in sys.argv else 0.0


def main(processes: int, writes: int, *, plain: bool) -> int:
    """Fork the writers, let them begin together, wait for them all."""
    from django.db import connections

    work = _plain if plain else _tracked
    prepare(plain=plain)
    connections.close_all()
    gate, opening = os.pipe()
    children = [_fork(work, number, writes // processes, (gate, opening)) for number in range(processes)]
    os.close(gate)
    began = time.monotonic()
    os.close(opening)
    failed = sum(os.waitpid(child, 0)[1] != 0 for child in children)
    print(f"{time.monotonic() - began:.3f}", flush=True)  # noqa: T201  it talks to the test
    return failed


def prepare(*, plain: bool) -> None:
    """Projects to write to, made once."""
    from django.db import connection

    from compliance.accounts.models import User
    from compliance.ledger import change
    from compliance.projects import services
    from compliance.projects.models import Project

    if not Project.objects.exists():
        with change(by="tests"):
            admin = User.objects.create_user("mara@lumaro.example", "correct horse battery", name="Mara")
        organisation = services.create_organisation(name="Lumaro", by="tests", admin=admin)
        for number in range(PROJECTS):
            services.create_project(organisation=organisation, name=f"Project {number}", by="tests")
    if plain:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS plain_project AS SELECT * FROM projects_project")
            cursor.execute("CREATE UNIQUE INDEX IF NOT EXISTS plain_project_id ON plain_project (id)")


def _fork(work: Any, number: int, writes: int, gate: tuple[int, int]) -> int:
    child = os.fork()
    if child:
        return child
    os.close(gate[1])
    os.read(gate[0], 1)  # until the parent closes its end
    try:
        work(number, writes)
    except BaseException:  # noqa: BLE001  a fork must not go on with the parent's work
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _tracked(number: int, writes: int) -> None:
    from compliance.ledger import change
    from compliance.projects.models import AppTarget, Project

    keys = list(Project.objects.order_by("reference").values_list("pk", flat=True))
    for write in range(writes):
        time.sleep(PAUSE)
        with change(by="tests", reason=f"Write {write} of writer {number}"):
            project = Project.objects.select_for_update().get(pk=keys[number % len(keys)])
            if write % 10 == 9:
                AppTarget.objects.create(
                    project=project, platform="ios", store="App Store", app_id=f"a{number}.b{write}"
                )
            else:
                project.summary = f"Write {write} of writer {number}"
                project.save()


def _plain(number: int, writes: int) -> None:
    from django.db import transaction

    table = plain_table()
    keys = list(table.objects.order_by("reference").values_list("pk", flat=True))
    for write in range(writes):
        with transaction.atomic():
            project = table.objects.select_for_update().get(pk=keys[number % len(keys)])
            project.summary = f"Write {write} of writer {number}"
            project.save()


def plain_table() -> Any:
    """A model of the same columns without history."""
    from django.db import models

    from compliance.projects.models import Project

    fields = {field.attname: field.clone() for field in Project._meta.concrete_fields if not field.is_relation}
    meta = type("Meta", (), {"app_label": "projects", "db_table": "plain_project", "managed": False})
    return type("PlainProject", (models.Model,), {"__module__": __name__, "Meta": meta, **fields})


if __name__ == "__main__":
    django.setup()
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), plain="plain" in sys.argv[3:]))
