"""Seal what was stored before a key was configured, or with an older key."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.files import encryption
from compliance.files.models import Blob
from compliance.files.store import CHUNK_BYTES, FileDamaged, new_draft, open_verified, publish


class Command(BaseCommand):
    """Every file is read, checked against its hash, written anew and put in place of the old; it may be run again."""

    help = "Seal every stored file with the first key of ASSAY_FILES_KEY."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--all` also takes files that are sealed already, after a change of keys."""
        parser.add_argument("--all", action="store_true", help="also those sealed already, after a change of keys")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, and name what is damaged."""
        if not encryption.is_on():
            raise CommandError("Set ASSAY_FILES_KEY or ASSAY_FILES_KEY_FILE first.")
        done, damaged = 0, []
        for blob in Blob.objects.order_by("pk").iterator():
            if blob.path.suffix == encryption.ENDING and not options["all"]:
                continue
            try:
                _seal(blob)
            except FileDamaged as wrong:
                damaged.append(str(wrong))
            else:
                done += 1
        self.stdout.write(f"{done} files sealed.")
        if damaged:
            raise CommandError("\n".join(damaged))


def _seal(blob: Blob) -> None:
    draft = new_draft()
    try:
        with open_verified(blob) as source, encryption.create(draft) as target:
            while piece := source.read(CHUNK_BYTES):
                target.write(piece)
            target.flush()
            os.fsync(target.fileno())
        publish(draft, blob.sha256)
    finally:
        draft.unlink(missing_ok=True)
