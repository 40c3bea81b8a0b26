from typing import Any

from django.apps import AppConfig
from django.core.checks import Tags, register
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
    from compliance.ledger import guard, past

    guard.install(using)
    past.install(using)


def _remove_past(using: str, plan: Any = (), **kwargs: Any) -> None:
    from compliance.ledger import past

    if plan:
        past.remove(using)
