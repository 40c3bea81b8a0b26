from itertools import islice
from typing import Any

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.core.management import CommandError
from django.db.models.signals import post_migrate, pre_migrate


class LedgerConfig(AppConfig):
    name = "compliance.ledger"
    label = "ledger"
    verbose_name = "Ledger"

    def ready(self) -> None:
        from compliance.ledger import guard, receivers  # noqa: F401  models must be loaded first

        pre_migrate.connect(_remove_past, sender=self, dispatch_uid="ledger.past")
        post_migrate.connect(_install_guard, sender=self, dispatch_uid="ledger.guard")
        register(guard.check_installed, Tags.database)


def _install_guard(using: str, **kwargs: Any) -> None:
    """Put the triggers back, unless rows were changed without history while they were away.

    SQLite loses a table's triggers when a migration remakes it, and PostgreSQL's do not yet know a new column, so a
    data migration could write unseen until here. Then they stay away, which keeps web and workers from starting.
    """
    from compliance.ledger import guard, past
    from compliance.ledger.verification import unrecorded

    found = [str(finding) for finding in islice(unrecorded(guard.missing(using)), 5)]
    if found:
        raise CommandError(
            "A migration changed records without history, so the guard is not put back and nothing will serve:\n  "
            + "\n  ".join(found)
            + "\nRestore the backup made before the migration. (Data migrations write inside change(), with history.)"
        )
    guard.install(using)
    past.install(using)


def _remove_past(using: str, plan: Any = (), **kwargs: Any) -> None:
    from compliance.ledger import past

    if plan:
        past.remove(using)
