"""The programs the pack benchmark runs, each in a process of its own so that its memory and time are its own.

python -m tests.bench.pack_run fill 10000      write so many history entries, 200 records a change
python -m tests.bench.pack_run build           build a pack; prints what it took
python -m tests.bench.pack_run typst FILE      set the same rows with typst
python -m tests.bench.pack_run canvas FILE     set the same rows with reportlab's canvas: the floor
"""

import json
import os
import random
import resource
import sys
import time
from datetime import timedelta
from pathlib import Path

RECORDS = 200
WORDS = [
    "access",
    "review",
    "production",
    "systems",
    "recorded",
    "owner",
    "evidence",
    "attached",
    "residual",
    "level",
    "accepted",
    "treatment",
    "app",
    "session",
    "token",
    "storage",
    "backend",
    "supplier",
    "transfer",
    "retention",
    "notice",
    "consent",
    "store",
    "listing",
    "release",
    "build",
    "Zürich",
]
ONCE = '<h1 id="one">One</h1><table><tr><td>Two</td></tr></table><ul><li><a href="#one">Three</a></li></ul>'
TYPST = """
#set page("a4", flipped: true, margin: (x: 16mm, top: 24mm, bottom: 20mm), numbering: "1 of 1")
#set text(size: 7.2pt)
#table(columns: (13mm, 41mm, 38mm, 84mm, 42mm, 47mm), stroke: none,
  fill: (_, y) => if calc.odd(y) { rgb("#f5f5f2") },
  table.header([Entry], [When (UTC), who], [Record], [Change], [Why], [Hash of the entry]),
  ..json("rows.json").flatten())
"""


def fill(entries: int) -> None:
    """Bring the project's history to `entries`."""
    from django.core.management import call_command

    from compliance.accounts.models import User
    from compliance.ledger import change
    from compliance.ledger.models import Entry
    from compliance.ledger.sealing import seal
    from compliance.projects import services
    from compliance.projects.models import Project, Release

    call_command("migrate", verbosity=0)
    project = Project.objects.first()
    if project is None:
        with change(by="bench"):
            mara = User.objects.create_user("mara@bench.example", "correct horse battery", name="Mara Winter")
        owner = services.create_organisation(name="Lumaro", by="bench", admin=mara, country="DE")
        project = services.create_project(organisation=owner, name="Stridewell", by=mara)
        with change(by=mara, reason="Planned."):
            Release.objects.bulk_create([Release(project=project, name=f"1.{at}") for at in range(RECORDS)])
    mara, chance = User.objects.get(), random.Random(entries)
    while left := entries - Entry.objects.in_streams(project.stream).count():
        releases = list(Release.objects.filter(project=project).order_by("reference")[: min(left, RECORDS)])
        for release in releases:
            release.notes = " ".join(chance.choices(WORDS, k=chance.randint(1, 28)))
        with change(by=mara, reason=" ".join(chance.choices(WORDS, k=chance.randint(1, 9)))):
            Release.objects.bulk_update(releases, ["notes"])
    seal()


def build() -> None:
    """Build a pack of everything and tell what it took."""
    from django.utils import timezone

    from compliance.packs import builder, services, worker
    from compliance.packs.registry import Period
    from compliance.packs.render import typesetter
    from compliance.projects.models import Project

    worker.load()
    typesetter.render(ONCE, title="Once", prefix="once")  # a worker that is running has read its fonts
    project = Project.objects.get()
    today = timezone.now().date()
    period = Period(today - timedelta(days=300), today + timedelta(days=1))
    pack = services.request_pack(scope=project, type="project_app", period=period, by="bench", as_at=timezone.now())
    began, wall, others = time.process_time(), time.monotonic(), children()
    made = builder.build(pack, lambda stage, percent: None)
    told = {
        "cpu": time.process_time() - began + children() - others,
        "wall": time.monotonic() - wall,
        "parent": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "worker": made.worker_peak / 1024,
        "pages": made.pages + sum(volume.pages for volume in made.volumes),
        "volumes": len(made.volumes),
        "bytes": made.archive.stat().st_size,
    }
    if len(sys.argv) > 2:
        Path(sys.argv[2]).write_text(json.dumps(rows_of(made.contents)))
        made.archive.replace(Path(sys.argv[2]).with_suffix(".zip"))
    print(json.dumps(told))


def rows_of(contents: object) -> list[list[str]]:
    """The printed rows, as text: what the reference engines set."""
    from compliance.packs.printer import worded
    from compliance.packs.told import changes_in

    rows = []
    for change in map(worded, changes_in(contents.history, contents.told)):  # type: ignore[attr-defined]
        told = " · ".join(f"{one['name']}: {one['old']} → {one['new']}" for one in change["fields"])
        who = f"{change['when']}\n{change['actor']} {change['role']}, {change['origin']}"
        record = f"{change['record']}\n{change['model']} {change['kind']}"
        digest = f"{change['hash'][:32]}\n{change['hash'][32:]}"
        rows.append([str(change["seq"]), who, record, told, change["reason"], digest])
    return rows


def typst(path: str) -> None:
    """Set the rows with typst."""
    import typst as engine

    folder = Path(path).parent
    (folder / "rows.json").write_text(Path(path).read_text())
    (folder / "rows.typ").write_text(TYPST)
    engine.compile(str(folder / "rows.typ"), output=str(folder / "typst.pdf"))


def canvas(path: str) -> None:
    """Draw the rows with reportlab's canvas, one line a cell, words counted not measured: nothing could be quicker."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.pdfgen.canvas import Canvas

    paper = Canvas(str(Path(path).parent / "canvas.pdf"), pagesize=landscape(A4))
    y = 0.0
    for row in json.loads(Path(path).read_text()):
        cells = [_broken(cell, width) for cell, width in zip(row, (8, 34, 30, 72, 34, 40), strict=True)]
        height = 10 * max(map(len, cells)) + 5
        if y < height + 60:
            if y:
                paper.showPage()
            paper.setFont("Helvetica", 7.2)
            y = 530.0
        for x, lines in zip((45, 82, 198, 306, 544, 663), cells, strict=True):
            for at, line in enumerate(lines):
                paper.drawString(x, y - 10 * at, line)
        y -= height
    paper.save()


def _broken(text: str, width: int) -> list[str]:
    import textwrap

    return [line for part in text.split("\n") for line in textwrap.wrap(part, width) or [""]]


def children() -> float:
    """Processor seconds of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Run one of the programs."""
    name = sys.argv[1]
    if name in {"typst", "canvas"}:
        {"typst": typst, "canvas": canvas}[name](sys.argv[2])
        return
    if name == "verify":
        from compliance.packs.verifier.checks import main as verify

        sys.exit(verify(sys.argv[2:]))
    os.environ["DJANGO_SETTINGS_MODULE"] = "compliance.settings"
    import django

    django.setup()
    if name == "fill":
        fill(int(sys.argv[2]))
    else:
        build()


if __name__ == "__main__":
    main()
