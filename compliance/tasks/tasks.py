"""What happens by itself: people are told what falls due."""

from celery import shared_task

from compliance.tasks.services.mailing import remind


@shared_task(name="compliance.tasks.remind", ignore_result=True)
def remind_people() -> None:
    """Digests whose hour has come, clocks that cannot wait, and once a day what has waited too long."""
    remind()
