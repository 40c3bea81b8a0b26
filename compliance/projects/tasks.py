"""Access that ends by itself."""

from celery import shared_task

from compliance.projects import services


@shared_task(name="compliance.projects.expire_permissions", ignore_result=True)
def expire_permissions() -> None:
    """Remove permission rows whose window is over; they opened nothing since that moment."""
    services.expire()
