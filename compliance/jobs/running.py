"""Doing a job: the lease is kept alive beside the work, and whatever happens ends in a state of the row."""

import logging
import threading
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction

from compliance.jobs import services
from compliance.jobs.models import Job
from compliance.jobs.registry import JobFailed, kinds
from compliance.jobs.services import ATTEMPTS, LEASE, LeaseLost
from compliance.room import is_full

LONGEST = timedelta(hours=2)
# A child process that did so much is replaced by a new one: what libraries keep in memory goes with it.
IN_A_ROW = 5
NO_ROOM = (
    "There is no room left on the disk of the server. Nothing half-made was kept. Let whoever runs it make room; "
    "then ask again."
)
logger = logging.getLogger(__name__)


class Running:
    """What a handler gets of its job: a way to say how far it is, and the fence for what it publishes."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def report(self, stage: str, progress: int) -> None:
        """Show `stage` and `progress` (percent) to whoever waits; raise LeaseLost when the job is another's by now."""
        services.renew(self.job, stage=stage[:200], progress=max(0, min(progress, 99)))

    def hold(self) -> None:
        """Call first in the transaction that publishes: a worker that lost its lease publishes nothing."""
        if not connection.in_atomic_block:
            raise transaction.TransactionManagementError("hold() belongs into the transaction that publishes")
        services.renew(self.job)


class Heartbeat:
    """Renews a lease from a thread of its own while the work goes on, at most for LONGEST."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"lease-{job.pk}", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *exception: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _beat(self) -> None:
        pause = LEASE.total_seconds() / 3
        for _ in range(int(LONGEST.total_seconds() / pause)):
            if self._stopped.wait(pause):
                break
            try:
                services.renew(self.job)
            except LeaseLost:
                break
            except Exception:
                logger.warning("The lease of job %s could not be renewed; trying again.", self.job.pk, exc_info=True)
        connection.close()


def run_all(most: int | None = None) -> int:
    """Do every job nobody works on (at most `most`), one after the other; return how many were taken."""
    done = 0
    while (most is None or done < most) and (job := services.claim()):
        execute(job)
        done += 1
    return done


def execute(job: Job) -> None:
    """Do a claimed job. It ends done, failed or queued again; only a killed process leaves it running."""
    try:
        with Heartbeat(job):
            result = kinds[job.kind](Running(job), **job.arguments)
    except LeaseLost:
        logger.warning("Job %s was called off or taken over by another worker; this one stops.", job.pk)
    except (KeyboardInterrupt, SystemExit):
        services.put_back(job)
        raise
    except JobFailed as failure:
        services.give_up(job, str(failure))
    except BaseException as failure:  # noqa: BLE001 - WeasyPrint's fetcher raises past Exception
        _again_or_never(job, failure)
    else:
        services.finish(job, result)


def _again_or_never(job: Job, failure: BaseException) -> None:
    """Try again later, or never; when even that cannot be written down, the lease ends by itself and says it."""
    logger.error("Job %s (%s) failed at attempt %d.", job.pk, job.kind, job.attempt, exc_info=failure)
    try:
        _drop_dead_connection()
        if is_full(failure):
            services.give_up(job, NO_ROOM)
        elif job.attempt < ATTEMPTS:
            services.put_back(job)
        else:
            services.give_up(job, _in_words(job, failure))
    except DatabaseError:
        logger.warning("Job %s could not be put back; its lease ends at %s.", job.pk, job.lease_until, exc_info=True)
        _drop_dead_connection()


def _drop_dead_connection() -> None:
    """Let the next query open a new connection where the server has ended this one."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
        if connection.connection is not None and not connection.is_usable():
            connection.close()


def _in_words(job: Job, failure: BaseException) -> str:
    text: Any = str(failure) or type(failure).__name__
    return f"Tried {job.attempt} times, the last time it ended with: {text}"
