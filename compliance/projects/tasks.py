"""What happens by itself: access ends, checkpoints are mailed."""

from celery import shared_task
from django.utils import timezone

from compliance.projects import services
from compliance.projects.kept import forget


@shared_task(name="compliance.projects.expire_permissions", ignore_result=True)
def expire_permissions() -> None:
    """Remove permission rows whose window is over, which opened nothing since, and what was kept until then."""
    services.expire()
    forget(before=timezone.now())


@shared_task(name="compliance.projects.mail_checkpoints", ignore_result=True)
def mail_checkpoints() -> None:
    """Mail the ledger's checkpoints that were asked for, and the weekly ones."""
    services.mail_checkpoints()
