"""The one signal simple-history leaves us: every history row gets its author and moment from the ledger."""

from typing import Any

from django.dispatch import receiver
from simple_history.signals import pre_create_historical_record

from compliance.ledger.errors import Forged
from compliance.ledger.models.tracked import TrackedBase, stamp

OVERRIDES = ("_history_user", "_history_date", "_change_reason")


@receiver(pre_create_historical_record, dispatch_uid="ledger.stamp")
def stamp_history_row(sender: Any, instance: Any, history_instance: Any, **kwargs: Any) -> None:
    """Refuse an author, moment or reason the caller made up; put the change's own."""
    if not isinstance(instance, TrackedBase):
        return
    for name in OVERRIDES:
        if hasattr(instance, name):
            raise Forged(f"{name} is set on {instance._meta.label}: actor, time and reason come from change().")
    stamp(instance, history_instance)
