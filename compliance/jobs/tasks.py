"""The two messages a worker understands. Both carry nothing: what there is to do stands in the database."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from compliance.jobs import running, services


@shared_task(name="compliance.jobs.run")
def run() -> int:
    """Do some jobs nobody works on, and call for the next worker when there are more."""
    done = running.run_all(most=running.IN_A_ROW)
    if done == running.IN_A_ROW:
        services.wake()
    return done


@shared_task(name="compliance.jobs.sweep")
def sweep() -> int:
    """Wake a worker when jobs were left behind by one that died, or never heard of."""
    services.beat()
    found = services.sweep()
    if found:
        run.delay()
    return found


@worker_ready.connect
def look_round(**_: Any) -> None:
    """A worker that starts looks first for what was left behind."""
    sweep.delay()
