"""Check a pack: its own proof, then against this installation's records."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from compliance.packs.verification import verify_file


class Command(BaseCommand):
    """`manage.py verify_pack FILE`: exit code 0 genuine and complete, 1 not (with the reasons), 2 unreadable."""

    help = "Checks that a pack (PDF, ZIP or unpacked folder) is genuine, complete and one of ours."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the report and leave with its code."""
        code, lines = verify_file(options["file"])
        self.stdout.write("\n".join(lines))
        if code:
            raise SystemExit(code)
