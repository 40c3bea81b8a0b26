"""Ask for a pack from the command line, wait for it, and write it to a file."""

from argparse import ArgumentParser
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.files.store import open_verified
from compliance.jobs.waiting import NotDone, wait_for
from compliance.packs import hooks, services
from compliance.packs.models import EvidencePack
from compliance.packs.profiles import PROFILES
from compliance.packs.registry import Period
from compliance.packs.types import PACK_TYPES
from compliance.projects.models import Organisation, Project

PATIENCE = 20.0


class Command(BaseCommand):
    """`manage.py export_pack stridewell --type project_app --period 2026-01-01 2026-06-30 --output pack.pdf`."""

    help = (
        "Builds an evidence pack through the job queue and writes the PDF, with the ZIP beside it. With --pack it "
        "writes the files of a pack that is there, byte for byte."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("project", nargs="?", help="the project's slug; --list shows them")
        parser.add_argument("--organisation", help="the organisation's slug, for a pack of the whole organisation")
        parser.add_argument("--list", action="store_true", help="print the projects, slug first, and stop")
        parser.add_argument("--pack", help="write the files of this pack (PK-0003) of the project or organisation")
        parser.add_argument("--type", default="project_app", help=f"one of {', '.join(sorted(PACK_TYPES))}")
        parser.add_argument("--subject", default="", help="the release or control a pack of such a type is about")
        parser.add_argument("--as-at", type=moment, help="the moment the pack describes (default: now)")
        parser.add_argument(
            "--period", nargs=2, type=a_day, metavar=("FROM", "TO"), help="default: the year up to then"
        )
        parser.add_argument("--profile", default="internal", choices=sorted(PROFILES))
        parser.add_argument("--output", type=Path, help="the PDF to write (default: its own name, here)")
        parser.add_argument("--timeout", type=int, default=1800, help="seconds to wait at most")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask, wait, write."""
        if options["list"]:
            for project in Project.objects.select_related("organisation").order_by("organisation__name", "reference"):
                self.stdout.write(f"{project.slug}\t{project.name}\t{project.organisation.name}")
            return
        scope = _scope(options)
        pack = _found(scope, options["pack"]) if options["pack"] else self._build(scope, options)
        for path in write(pack, options["output"] or Path(f"{pack.file_stem}.pdf")):
            self.stdout.write(str(path))
        self.stderr.write(in_a_line(pack))

    def _build(self, scope: Organisation | Project, options: dict[str, Any]) -> EvidencePack:
        at = options["as_at"] or datetime.now(UTC)
        start, end = options["period"] or (_year_before(at.date()), at.date())
        try:
            pack = services.request_pack(
                scope=scope,
                type=options["type"],
                subject=options["subject"],
                as_at=options["as_at"],
                period=Period(start, end),
                profile=options["profile"],
                by="export_pack",
                reason="Asked for on the command line.",
            )
            wait_for(services.job_of(pack), self.stderr.write, patience=PATIENCE, timeout=options["timeout"])
        except (ValueError, NotDone) as error:
            raise CommandError(str(error)) from error
        pack.refresh_from_db()
        return pack


def write(pack: EvidencePack, output: Path) -> list[Path]:
    """Write the pack's PDF to `output` and the ZIP beside it; return both paths."""
    output.parent.mkdir(parents=True, exist_ok=True)
    written = []
    for kind, blob, path in (("pdf", pack.pdf, output), ("zip", pack.archive, output.with_suffix(".zip"))):
        if blob is None:
            raise CommandError(f"{pack.reference} has no files.")
        with open_verified(blob) as stream:
            path.write_bytes(stream.read())
        hooks.handed_out(pack, kind, blob, "export_pack")
        written.append(path)
    return written


def in_a_line(pack: EvidencePack) -> str:
    """What was written."""
    findings = "1 finding holds" if pack.blocking == 1 else f"{pack.blocking} findings hold"
    mark = f"; {findings} it back" if pack.is_draft and pack.blocking else ""
    return f"{pack.label}, {pack.pages} pages, content {pack.content_sha256[:16]}{mark}"


def a_day(text: str) -> date:
    """Read a day: 2026-11-22."""
    return date.fromisoformat(text)


def moment(text: str) -> datetime:
    """Read a moment, or the end of a day: 2026-11-22, 2026-11-22T09:30, 2026-11-22T09:30+01:00."""
    if len(text) == 10:
        end = datetime.combine(date.fromisoformat(text), datetime.max.time(), UTC)
        return min(end, datetime.now(UTC)) if end.date() == datetime.now(UTC).date() else end
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _scope(options: dict[str, Any]) -> Organisation | Project:
    if options["organisation"]:
        organisation = Organisation.objects.filter(slug=options["organisation"]).first()
        if organisation is None:
            known = ", ".join(Organisation.objects.order_by("slug").values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no organisation {options['organisation']!r}. There are: {known}.")
        return organisation
    project = Project.objects.filter(slug=options["project"] or "").select_related("organisation").first()
    if project is None:
        known = ", ".join(Project.objects.order_by("slug").values_list("slug", flat=True)) or "none"
        raise CommandError(f"There is no project {options['project']!r}. There are: {known}.")
    return project


def _found(scope: Organisation | Project, reference: str) -> EvidencePack:
    pack = EvidencePack.objects.in_scope(scope).filter(reference=reference).first()
    if pack is None:
        raise CommandError(f"There is no pack {reference!r} of {scope}.")
    return pack


def _year_before(end: date) -> date:
    try:
        return end.replace(year=end.year - 1)
    except ValueError:
        return end.replace(year=end.year - 1, day=28)
