"""What happens by itself: recurring requests are asked again."""

from celery import shared_task

from controls.services.request import continue_requests


@shared_task(name="controls.continue_requests", ignore_result=True)
def ask_again() -> None:
    """Ask again for what recurs; running it more often asks no more often."""
    continue_requests()
