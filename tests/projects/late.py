"""`python -m tests.projects.late`: somebody commits a smaller entry later than another, while overviews are looked at.

Prints what was shown, one look a line, and at the end how often it was drawn.
"""

from threading import Event, Thread

import django

django.setup()

from django.db import connection  # noqa: E402  apps first

from compliance.ledger import change  # noqa: E402
from compliance.ledger.keys import make_signing_key  # noqa: E402
from compliance.ledger.models import Entry  # noqa: E402
from compliance.ledger.sealing import seal  # noqa: E402
from compliance.projects.kept import kept  # noqa: E402
from compliance.projects.models import Organisation, Project  # noqa: E402
from tests.ledger.writers import prepare  # noqa: E402

written, go_on = Event(), Event()
looks: list[str] = []


def draw() -> str:
    looks.append("drawn")
    names = Project.objects.order_by("reference").values_list("summary", flat=True)[:2]
    return " ".join(name or "-" for name in names)


def look() -> None:
    texts = kept({"names": draw}, Organisation.objects.get())
    print(texts["names"], flush=True)  # noqa: T201  it talks to the test


def write(project: Project, text: str, *, slowly: bool = False) -> None:
    with change(by="tests"):
        project.summary = text
        project.save()
        if slowly:
            written.set()
            go_on.wait(30)
    if slowly:
        connection.close()


def main() -> None:
    prepare(plain=False)
    make_signing_key()
    for _ in range(2):  # the second one moves the floor
        seal()
        write(Project.objects.order_by("reference")[3], "Elsewhere")
    first, second = Project.objects.order_by("reference")[:2]
    late = Thread(target=write, args=(first, "late"), kwargs={"slowly": True})
    late.start()
    written.wait(30)
    write(second, "soon")
    seal()
    look()
    look()
    seal()
    newest = Entry.objects.values_list("id", flat=True).first()
    go_on.set()
    late.join()
    assert Entry.objects.values_list("id", flat=True).first() == newest, "the late entry is the older one"
    look()
    seal()
    look()
    print(len(looks))  # noqa: T201


if __name__ == "__main__":
    main()
