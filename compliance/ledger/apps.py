from typing import Any

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate


class LedgerConfig(AppConfig):
    name = "compliance.ledger"
    label = "ledger"
    verbose_name = "Ledger"

    def ready(self) -> None:
        from compliance.ledger import guard, receivers  # noqa: F401  models must be loaded first

        post_migrate.connect(_install_guard, sender=self, dispatch_uid="ledger.guard")
        register(guard.check_installed, Tags.database)


def _install_guard(using: str, **kwargs: Any) -> None:
    from compliance.ledger import guard

    guard.install(using)
