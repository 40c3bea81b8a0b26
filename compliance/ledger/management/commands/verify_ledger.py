"""`manage.py verify_ledger`: exit 0 when history, ledger and live rows agree, 1 naming each row that does not."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from compliance.ledger.models import Checkpoint, Entry, Leaf, Stream
from compliance.ledger.verification import verify


class Command(BaseCommand):
    help = "Check the sealed history against itself and against the live rows."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--trust", default="", metavar="KEY", help="the key text the ledger has to be signed with")

    def handle(self, *args: Any, **options: Any) -> None:
        doubts = 0
        for finding in verify(trusted=options["trust"]):
            doubts += 1
            self.stderr.write(f"DOUBT  {finding}")
        entries, leaves = Entry.objects.count(), Leaf.objects.count()
        newest = Checkpoint.objects.order_by("-size").first()
        self.stdout.write(
            f"{entries} entries in {Stream.objects.count()} streams, {leaves} sealed, {entries - leaves} waiting; "
            f"newest checkpoint {newest.size if newest else 'none'}."
        )
        if doubts:
            self.stderr.write(f"{doubts} doubts: history, ledger and live rows do not agree.")
            sys.exit(1)
        self.stdout.write("History, ledger and live rows agree.")
