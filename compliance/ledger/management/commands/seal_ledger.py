"""`manage.py seal_ledger`: the sealer. The only process that needs the signing key on PostgreSQL."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from compliance.ledger.keys import make_signing_key
from compliance.ledger.sealing import seal


class Command(BaseCommand):
    help = "Seal what was committed since the last time; with --forever, go on every half second."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--forever", action="store_true", help="keep sealing until stopped")
        parser.add_argument("--every", type=float, default=0.5, help="seconds between two seals (0.5)")

    def handle(self, *args: Any, **options: Any) -> None:
        make_signing_key()
        while True:
            sealed = seal()
            if sealed or not options["forever"]:
                self.stdout.write(f"Sealed {sealed} entries.")
            if not options["forever"]:
                return
            time.sleep(options["every"])
