"""The two messages a worker understands. Both carry nothing: what there is to do stands in the database."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from compliance.jobs import running, services


@shared_task(name="compliance.jobs.run")
def run() -> int:
    """Do every job nobody works on."""
    return running.run_all()


@shared_task(name="compliance.jobs.sweep")
def sweep() -> int:
    """Wake a worker when jobs were left behind by one that died, or never heard of."""
    found = services.sweep()
    if found:
        run.delay()
    return found


@worker_ready.connect
def look_round(**_: Any) -> None:
    """A worker that starts looks first for what was left behind."""
    sweep.delay()
