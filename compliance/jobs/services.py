"""Asking for work, taking it up under a lease, and giving it up again."""

import logging
import uuid
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from compliance.jobs.models import Job, Pulse
from compliance.jobs.registry import kinds
from compliance.jobs.worker import is_gone, me

LEASE = timedelta(seconds=45)
ATTEMPTS = 3
SILENCE = timedelta(seconds=45)
logger = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another worker has taken the job over; this one has to stop without a trace."""


def enqueue(kind: str, arguments: dict[str, Any], *, by: Any = None, key: str = "") -> Job:
    """Ask for a piece of work and return its job; while one with the same `key` is open, that one is returned."""
    if kind not in kinds:
        raise LookupError(f"There is no job kind {kind!r}.")
    key = key or uuid.uuid4().hex
    try:
        with transaction.atomic():
            job = Job.objects.create(kind=kind, arguments=arguments, key=key, requested_by=by)
    except IntegrityError:
        job = Job.objects.get(kind=kind, key=key, state__in=Job.OPEN)
    transaction.on_commit(wake)
    return job


def wake() -> None:
    """Tell a worker that there is something to do; when nobody hears it, the sweep will."""
    from compliance.jobs.tasks import run  # the task module imports this one

    try:
        run.apply_async(retry=False)  # the person who asked does not wait for a broker that is away
    except Exception:
        logger.warning("No worker could be woken; the next sweep will find the job.", exc_info=True)


def claim() -> Job | None:
    """Take the oldest job that nobody works on; None when there is none."""
    for job in _claimable():
        taken = Job.objects.filter(pk=job.pk, state=job.state, attempt=job.attempt).update(
            state=Job.State.RUNNING,
            attempt=F("attempt") + 1,
            worker=me(),
            lease_until=timezone.now() + LEASE,
        )
        if taken:
            return Job.objects.get(pk=job.pk)
    return None


def sweep() -> int:
    """Free the jobs of workers that died, give up those that were tried too often; return how many can be taken."""
    for job in Job.objects.filter(state=Job.State.RUNNING, attempt__gte=ATTEMPTS):
        if _is_abandoned(job):
            give_up(job, f"The worker stopped {job.attempt} times while it did this. Its log says why.")
    return sum(1 for _ in _claimable())


def renew(job: Job, **fields: Any) -> None:
    """Keep the lease of `job` (and set `fields` with it); raise LeaseLost when it is another's by now."""
    if not _held(job).update(lease_until=timezone.now() + LEASE, **fields):
        raise LeaseLost(f"{job.pk} is no longer ours")


def finish(job: Job, result: dict[str, Any]) -> bool:
    """Mark `job` done; False when it was taken over meanwhile."""
    return bool(
        _held(job).update(
            state=Job.State.DONE,
            result=result,
            progress=100,
            stage="",
            lease_until=None,
            finished_at=timezone.now(),
        )
    )


def put_back(job: Job) -> bool:
    """Let another worker (or this one, later) try again."""
    return bool(_held(job).update(state=Job.State.QUEUED, lease_until=None, stage="Waiting to be tried again"))


def give_up(job: Job, reason: str) -> bool:
    """Mark `job` failed, with the reason shown to whoever asked."""
    return bool(_held(job).update(state=Job.State.FAILED, error=reason, lease_until=None, finished_at=timezone.now()))


def cancel(job: Job, reason: str) -> bool:
    """Call `job` off, whoever works on it: their next report finds it gone. False when it had ended already."""
    return bool(
        Job.objects.filter(pk=job.pk, state__in=Job.OPEN).update(
            state=Job.State.CANCELLED, error=reason, lease_until=None, finished_at=timezone.now()
        )
    )


def beat() -> None:
    """Leave a sign that a worker lives."""
    Pulse.objects.update_or_create(name="worker", defaults={"at": timezone.now()})


def is_anybody_there() -> bool:
    """Whether a worker gave a sign of life within the last sweeps."""
    heard = Pulse.objects.filter(name="worker", at__gte=timezone.now() - SILENCE).exists()
    return heard or Job.objects.filter(state=Job.State.RUNNING, lease_until__gte=timezone.now()).exists()


def _held(job: Job) -> QuerySet[Job]:
    """The row while it is still this attempt's: the fence every write of a worker passes."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempt=job.attempt)


def _claimable() -> list[Job]:
    candidates = Job.objects.filter(
        Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, attempt__lt=ATTEMPTS)
    ).order_by("requested_at", "id")
    return [job for job in candidates if job.state == Job.State.QUEUED or _is_abandoned(job)]


def _is_abandoned(job: Job) -> bool:
    return job.lease_until is None or job.lease_until < timezone.now() or is_gone(job.worker)
