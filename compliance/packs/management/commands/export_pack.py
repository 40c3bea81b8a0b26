"""Ask for a pack from the command line, wait for it, and write it to a file."""

import time
from argparse import ArgumentParser
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.files.store import open_verified
from compliance.jobs.models import Job
from compliance.jobs.running import run_all
from compliance.packs import services
from compliance.packs.models import EvidencePack
from compliance.packs.profiles import PROFILES
from compliance.packs.registry import Period
from compliance.packs.types import PACK_TYPES
from compliance.projects.models import Project

PATIENCE = 20.0


class Command(BaseCommand):
    """`manage.py export_pack stridewell --type project_app --period 2026-01-01 2026-06-30 --output pack.pdf`."""

    help = "Builds an evidence pack through the job queue and writes the PDF, with the ZIP beside it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("project", nargs="?", help="the project's slug; --list shows them")
        parser.add_argument("--list", action="store_true", help="print the projects, slug first, and stop")
        parser.add_argument("--type", default="project_app", help=f"one of {', '.join(sorted(PACK_TYPES))}")
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
        pack = self._request(options)
        self._wait(pack, options["timeout"])
        pack.refresh_from_db()
        self._write(pack, options["output"] or Path(f"{pack.file_stem}.pdf"))

    def _request(self, options: dict[str, Any]) -> EvidencePack:
        project = Project.objects.filter(slug=options["project"] or "").first()
        if project is None:
            known = ", ".join(Project.objects.order_by("slug").values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no project {options['project']!r}. There are: {known}.")
        at = options["as_at"] or datetime.now(UTC)
        start, end = options["period"] or (_year_before(at.date()), at.date())
        try:
            return services.request_pack(
                scope=project,
                type=options["type"],
                as_at=options["as_at"],
                period=Period(start, end),
                profile=options["profile"],
                by="export_pack",
                reason="Asked for on the command line.",
            )
        except ValueError as error:
            raise CommandError(str(error)) from error

    def _wait(self, pack: EvidencePack, timeout: int) -> None:
        """Watch the job; when no worker takes it up, do it here: the same code, the same lease."""
        started, told = time.monotonic(), ""
        while True:
            job = services.job_of(pack)
            if job is None or job.state == Job.State.FAILED:
                raise CommandError(job.error if job else "The job has vanished.")
            if job.state == Job.State.DONE:
                return
            if job.stage and job.stage != told:
                told = job.stage
                self.stderr.write(f"{job.progress:3} %  {told}")
            if time.monotonic() - started > timeout:
                raise CommandError(f"{pack.reference} was not ready after {timeout} seconds; it goes on being built.")
            if job.state == Job.State.QUEUED and time.monotonic() - started > PATIENCE:
                self.stderr.write("No worker answers; building here.")
                run_all()
            time.sleep(0.2)

    def _write(self, pack: EvidencePack, output: Path) -> None:
        output.parent.mkdir(parents=True, exist_ok=True)
        for blob, path in ((pack.pdf, output), (pack.archive, output.with_suffix(".zip"))):
            if blob is None:
                raise CommandError(f"{pack.reference} has no files.")
            with open_verified(blob) as stream:
                path.write_bytes(stream.read())
            self.stdout.write(str(path))
        findings = "1 finding holds" if pack.blocking == 1 else f"{pack.blocking} findings hold"
        mark = f", a draft: {findings} it back" if pack.is_draft else ""
        self.stderr.write(f"{pack.reference}, {pack.pages} pages, content {pack.content_sha256[:16]}{mark}")


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


def _year_before(end: date) -> date:
    try:
        return end.replace(year=end.year - 1)
    except ValueError:
        return end.replace(year=end.year - 1, day=28)
