"""`manage.py redact`: take personal data out of the history, for an operator. Shows what goes; --yes does it."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance.ledger import Refused, origin
from compliance.ledger.models import Redaction, TrackedBase
from compliance.ledger.redaction import held, redact


class Command(BaseCommand):
    help = "Erase what fields of one record ever held, from the record and its history. Proofs stay whole."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model", help="kind of record, e.g. accounts.user")
        parser.add_argument("record", help="its id or its reference")
        parser.add_argument("--field", action="append", default=[], dest="fields", help="a field to erase; repeatable")
        parser.add_argument("--ground", choices=Redaction.Ground.values)
        parser.add_argument("--reason", default="", help="who asked for what, without the value itself")
        parser.add_argument("--yes", action="store_true", help="do it; without, show what would go")

    def handle(self, *args: Any, **options: Any) -> None:
        model, key = self._record(options["model"], options["record"])
        for one in held(model, key):
            mark = "erase" if one.field in options["fields"] else "keep "
            self.stdout.write(f"{mark}  {one.field}: {len(one.values)} values in {len(one.rows)} history rows")
            if mark == "erase":
                self.stdout.writelines(f"         {value!r}" for value in one.values)
        if not options["yes"]:
            self.stdout.write("Nothing was erased: add --yes to do it.")
            return
        try:
            with origin("command"):
                made = redact(
                    model=model,
                    key=key,
                    fields=options["fields"],
                    ground=options["ground"] or "",
                    by="redact",
                    reason=options["reason"],
                )
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Erased for good: {', '.join(one.reference for one in made)}.")

    def _record(self, label: str, key: str) -> tuple[type[TrackedBase], Any]:
        try:
            model = apps.get_model(label)
        except (LookupError, ValueError) as unknown:
            raise CommandError(f"There is no kind of record {label}.") from unknown
        if not issubclass(model, TrackedBase):
            raise CommandError(f"{label} keeps no history.")
        history = model.history.model.objects  # type: ignore[attr-defined]
        found = history.filter(id=key) if _is_id(key) else history.filter(reference__iexact=key)
        ids = set(found.values_list("id", flat=True))
        if len(ids) != 1:
            raise CommandError(f"{len(ids)} records of {label} are called {key}: give the id of one.")
        return model, ids.pop()


def _is_id(key: str) -> bool:
    return len(key.replace("-", "")) == 32
