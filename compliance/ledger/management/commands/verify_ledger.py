"""`manage.py verify_ledger`: exit 0 when history, ledger and live rows agree, 1 naming each row that does not."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance.ledger import witnesses
from compliance.ledger.log import Finding
from compliance.ledger.models import Entry, Leaf, Stream
from compliance.ledger.sealing import newest
from compliance.ledger.verification import verify


class Command(BaseCommand):
    help = "Check the sealed history against itself, the live rows, and what was handed out of it earlier."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--trust", default="", metavar="KEY", help="the key text the ledger has to be signed with")
        parser.add_argument(
            "--against",
            action="append",
            default=[],
            type=Path,
            metavar="PACK",
            help="a pack (ZIP or PDF) made earlier: finds a database that was rolled back or rewritten since",
        )
        parser.add_argument(
            "--checkpoint",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help="a mailed checkpoint (the mail's text): the same, for the ledger as a whole",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        files = [*options["against"], *options["checkpoint"]]
        try:
            remembered = [witnesses.read(path) for path in files]
        except witnesses.NotAWitness as error:
            raise CommandError(str(error)) from error
        doubts = 0
        for finding in _findings(options["trust"], remembered):
            doubts += 1
            self.stderr.write(f"DOUBT  {finding}")
        self._tell(remembered)
        if doubts:
            self.stderr.write(f"{doubts} doubts: history, ledger and live rows do not agree.")
            sys.exit(1)
        self.stdout.write("History, ledger and live rows agree.")

    def _tell(self, remembered: list[witnesses.Witness]) -> None:
        entries, leaves, last = Entry.objects.count(), Leaf.objects.count(), newest()
        self.stdout.write(
            f"{entries} entries in {Stream.objects.count()} streams, {leaves} sealed, {entries - leaves} waiting; "
            f"newest checkpoint {last.size if last else 'none'}."
        )
        if last:
            self.stdout.write(f"Signed with the key {last.vkey}")
        for one in remembered:
            streams, notes = len(one.streams), len(dict.fromkeys(one.checkpoints))
            self.stdout.write(f"Compared with {one.name}: {streams} streams, {notes} checkpoints.")


def _findings(trusted: str, remembered: list[witnesses.Witness]) -> Iterator[Finding]:
    yield from verify(trusted=trusted)
    for one in remembered:
        yield from witnesses.compare(one)
