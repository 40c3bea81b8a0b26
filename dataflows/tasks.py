"""What happens by itself: apps are compared with their papers when one of them changed."""

from celery import shared_task

from dataflows.watching import ask_where_needed


@shared_task(name="dataflows.watch_drift", ignore_result=True)
def watch_drift() -> None:
    """Ask for what was not compared since its papers changed; asking more often compares no more often."""
    ask_where_needed()
