"""`manage.py issue_demo_pack stridewell --output FILE`: two issues of a pack, signed by people of the demonstration."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from compliance.accounts.models import User
from compliance.accounts.reauthentication import Proof
from compliance.jobs.waiting import NotDone, wait_for
from compliance.ledger import Refused, origin
from compliance.packs import services
from compliance.packs.management.commands.export_pack import in_a_line, write
from compliance.packs.models import EvidencePack, State
from compliance.packs.registry import Period
from compliance.projects.models import Project

EARLIER = timedelta(days=90)
YEAR = timedelta(days=365)
PATIENCE = 20.0
# step, family name, what they say
SIGNERS = (("prepared", "haddad", "Complete as far as I know."), ("reviewed", "ilves", ""), ("approved", "neumann", ""))
REASONS = {True: "Internal audit.", False: "Surveillance audit of the management systems."}
WHY = "Known; the measure is planned and its risk is in the register."


class Command(BaseCommand):
    help = "Issues a pack of a demonstration project twice: as at three months ago, and as at now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("project", help="the slug of a project of a demonstration")
        parser.add_argument("--output", type=Path, required=True, help="the newer PDF; the earlier is `…-earlier.pdf`")

    def handle(self, *args: Any, **options: Any) -> None:
        """Issue, issue again, write both."""
        project = Project.objects.filter(slug=options["project"], organisation__demonstration=True).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']!r} of a demonstration.")
        output: Path = options["output"]
        with origin("command"):
            for earlier in (True, False):
                pack = self._issued(project, earlier)
                path = output.with_stem(f"{output.stem}-earlier") if earlier else output
                for written in write(pack, path):
                    self.stdout.write(str(written))
                self.stderr.write(in_a_line(pack))

    def _issued(self, project: Project, earlier: bool) -> EvidencePack:
        people = {name: User.objects.get(email=f"{name}@lumaro.example") for _, name, _ in SIGNERS}
        at = timezone.now() - EARLIER if earlier else None
        end = (at or timezone.now()).date()
        pack = services.request_pack(
            scope=project,
            type="project_app",
            profile="auditor",
            as_at=at,
            period=Period(end - YEAR, end),
            by=people["haddad"],
        )
        for told in self._steps(pack, people, REASONS[earlier]):
            self.stderr.write(told)
        if pack.state != State.ISSUED:
            raise CommandError(f"{pack.label} was not issued.")
        return pack

    def _steps(self, pack: EvidencePack, people: dict[str, User], reason: str) -> Iterator[str]:
        try:
            self._wait(pack)
            for finding in services.holding_back(pack, services.findings_of(pack)):
                services.override_finding(
                    pack=pack, check=finding.check, finding=finding.text, by=people["ilves"], reason=WHY
                )
            for step, name, remark in SIGNERS:
                services.sign(pack=pack, step=step, by=people[name], proof=_proof(), remark=remark)
                yield f"{pack.label} {step} by {people[name].name}"
            services.ask_issue(pack=pack, by=people["neumann"], proof=_proof(), reason=reason)
            self._wait(pack)
        except (Refused, NotDone) as error:
            raise CommandError(str(error)) from error

    def _wait(self, pack: EvidencePack) -> None:
        wait_for(services.job_of(pack), self.stderr.write, patience=PATIENCE, timeout=900)
        pack.refresh_from_db()


def _proof() -> Proof:
    """What the pages would have asked for: in a demonstration nobody sits there."""
    return Proof("demonstration", timezone.now())
