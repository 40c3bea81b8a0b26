"""Waiting for a job on the command line."""

import time
from collections.abc import Callable

from compliance.jobs.models import Job
from compliance.jobs.running import run_all


class NotDone(Exception):
    """The job failed, vanished, or took too long; the message says which."""


def wait_for(job: Job | None, tell: Callable[[str], object], *, patience: float, timeout: float) -> None:
    """Watch the job until it is done; when no worker takes it up within `patience` seconds, do it here.

    The same code under the same lease: a worker that comes back meanwhile does no harm. Raises NotDone.
    """
    started, told = time.monotonic(), ""
    while True:
        now = Job.objects.filter(pk=job.pk).first() if job else None
        if now is None or now.state in {Job.State.FAILED, Job.State.CANCELLED}:
            raise NotDone(now.error if now else "The job has vanished.")
        if now.state == Job.State.DONE:
            return
        if now.stage and now.stage != told:
            told = now.stage
            tell(f"{now.progress:3} %  {told}")
        if time.monotonic() - started > timeout:
            raise NotDone(f"It was not ready after {timeout:.0f} seconds; it goes on being worked on.")
        if now.state == Job.State.QUEUED and time.monotonic() - started > patience:
            tell("No worker answers; building here.")
            run_all()
        time.sleep(0.2)
