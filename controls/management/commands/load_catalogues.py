"""`manage.py load_catalogues [FOLDER]`: make the database carry the catalogue files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance.ledger import origin
from controls.services.catalogue_files import SHIPPED, CatalogueRefused
from controls.services.catalogue_load import Loaded, load_catalogues


class Command(BaseCommand):
    help = "Load the frameworks and crosswalks of a folder; reports what was added, changed and retired."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", nargs="?", type=Path, default=SHIPPED, help="a folder with *.yaml and mappings/*.yaml"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with origin("command"):
                report = load_catalogues(folder=options["folder"])
        except CatalogueRefused as error:
            raise CommandError(str(error)) from error
        if options["verbosity"] == 0:
            return
        for one in report:
            if one.did_something or options["verbosity"] > 1:
                self.stdout.write(line(one))
        self.stdout.write(summary(report))


def line(one: Loaded) -> str:
    rows = "requirements" if one.kind == "edition" else "pairs"
    done = f"{one.added} added, {one.changed} changed, {one.retired} retired"
    return f"{one.label}: {one.rows} {rows}; {done}"


def summary(report: list[Loaded]) -> str:
    def total(kind: str) -> tuple[int, int]:
        rows = [one.rows for one in report if one.kind == kind]
        return sum(rows), len(rows)

    (requirements, editions), (pairs, crosswalks) = total("edition"), total("crosswalk")
    changed = "" if any(one.did_something for one in report) else " Nothing changed."
    held = [
        many(requirements, "requirement"),
        many(editions, "edition"),
        many(pairs, "pair"),
        many(crosswalks, "crosswalk"),
    ]
    return "{} in {}, {} in {}.".format(*held) + changed


def many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
