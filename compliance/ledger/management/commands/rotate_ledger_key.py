"""`manage.py rotate_ledger_key`: a new signing key takes over; the old one vouches for it in the log."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance.ledger.errors import Refused
from compliance.ledger.keys import NoKey, path
from compliance.ledger.proof.checkpoint import BadCheckpoint
from compliance.ledger.rotation import rotate


class Command(BaseCommand):
    help = "Change the key that signs the ledger. Run it where the sealer runs, as the sealer's user."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--reason", required=True, help="one line; every pack prints it for ever, so put no names into it"
        )
        parser.add_argument(
            "--lost",
            action="store_true",
            help="the old key is gone: nothing vouches for the new one, and verify_ledger needs --trust from then on",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = rotate(reason=options["reason"], lost=options["lost"])
        except (Refused, NoKey, BadCheckpoint) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Until now  {made.old}")
        self.stdout.write(f"From now   {made.new}  ({path()})")
        if made.proven:
            self.stdout.write("The old key vouches for the new one. It lies beside it (.retired): destroy it.")
        else:
            self.stdout.write("Nothing vouches for the new key: tell its text to whoever holds a pack or a checkpoint.")
