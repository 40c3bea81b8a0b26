"""What happens by itself: what nobody went on with is swept."""

from celery import shared_task

from compliance.files import incoming


@shared_task(name="compliance.files.sweep", ignore_result=True)
def sweep() -> None:
    """Remove pieces and drafts of files that never became evidence."""
    incoming.sweep()
