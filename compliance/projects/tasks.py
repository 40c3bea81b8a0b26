"""What happens by itself: access ends, checkpoints are mailed."""

from celery import shared_task

from compliance.projects import services


@shared_task(name="compliance.projects.expire_permissions", ignore_result=True)
def expire_permissions() -> None:
    """Remove permission rows whose window is over; they opened nothing since that moment."""
    services.expire()


@shared_task(name="compliance.projects.mail_checkpoints", ignore_result=True)
def mail_checkpoints() -> None:
    """Mail the ledger's checkpoints that were asked for, and the weekly ones."""
    services.mail_checkpoints()
