"""`manage.py seal_ledger`: the sealer. On PostgreSQL only it and the workers, which sign packs, hold the key."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseError
from django.db import connection

from compliance.ledger.keys import NoKey, make_signing_key
from compliance.ledger.proof.checkpoint import BadCheckpoint
from compliance.ledger.sealing import seal

LONGEST_WAIT = 30.0


class Command(BaseCommand):
    help = "Seal what was committed since the last time; with --forever, go on every half second."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--forever", action="store_true", help="keep sealing until stopped (SIGTERM, Ctrl-C)")
        parser.add_argument("--every", type=float, default=0.5, help="seconds between two seals (0.5)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["forever"]:
                self._forever(options["every"])
            else:
                make_signing_key()
                self.stdout.write(f"Sealed {seal()} entries.")
        except (NoKey, BadCheckpoint) as error:
            raise CommandError(str(error)) from error

    def _forever(self, every: float) -> None:
        """Until told to stop; a database that is away, or a full disk, is waited for; a batch under way is finished."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write("Sealing.")
        wait = every
        while not stop.wait(wait):
            try:
                make_signing_key()
                sealed = seal()
                if wait > every:
                    self.stdout.write("Sealing again.")
                wait = every
            except (DatabaseError, OSError) as error:
                connection.close()
                wait = min(max(wait * 2, 1.0), LONGEST_WAIT)
                what = "The database does not answer" if isinstance(error, DatabaseError) else "The key cannot be kept"
                self.stderr.write(f"{what} ({_short(error)}); again in {wait:g} s.")
                continue
            if sealed:
                self.stdout.write(f"Sealed {sealed} entries.")
        self.stdout.write("Stopped.")


def _short(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:200]
