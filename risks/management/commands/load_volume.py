"""`manage.py load_volume`: an organisation of any size, to see and measure how the pages bear it."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from compliance.projects.models import Organisation
from controls.models import Edition
from risks.management.commands.load_demo import demo_password, load
from risks.volume.load import grow


class Command(BaseCommand):
    help = (
        "Bring the demonstration organisation to a number of projects and history rows, through the real write path. "
        "The same seed on the same installation gives the same records; more may be asked for later."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--projects", type=int, default=20, metavar="P", help="projects in all")
        parser.add_argument("--history", type=int, default=0, metavar="N", help="history rows in all, at least")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--beside-real-organisations",
            action="store_true",
            help="also where organisations work that are no demonstration",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._check(options)
        began = time.monotonic()

        def tell(line: str) -> None:
            self.stderr.write(f"  {time.monotonic() - began:6.0f} s  {line}")

        organisation = self._organisation(tell)
        grow(
            organisation,
            projects=options["projects"],
            history=options["history"],
            seed=options["seed"],
            tell=tell,
        )
        self.stdout.write(f"{organisation} has {organisation.projects.count()} projects.")

    def _check(self, options: dict[str, Any]) -> None:
        if options["projects"] < 2 or options["history"] < 0:
            raise CommandError("An organisation of volume has at least 2 projects and no negative history.")
        if not Edition.objects.exists():
            raise CommandError("There are no frameworks yet: run `manage.py load_catalogues` first.")
        real = Organisation.objects.filter(demonstration=False).values_list("name", flat=True)[:3]
        if real and not options["beside_real_organisations"]:
            raise CommandError(
                f"Real organisations work here ({', '.join(real)}): use another database, "
                "or say --beside-real-organisations."
            )

    def _organisation(self, tell: Any) -> Organisation:
        there = Organisation.objects.filter(demonstration=True).order_by("pk").first()
        if there is None:
            tell("playing the demonstration first")
            load(demo_password())
            there = Organisation.objects.filter(demonstration=True).get()
        tell(f"{there} since {timezone.localdate()}")
        return there
