"""What is still being read, how far it is, and what broke off."""

from dataclasses import dataclass

from compliance.artefacts.models import Artefact, State
from compliance.artefacts.services.artefact import READ, job_key
from compliance.jobs.models import Job
from compliance.jobs.services import is_anybody_there
from compliance.projects.models import Release


@dataclass(frozen=True)
class Underway:
    """One file being read: its stage, or why its reading broke off."""

    artefact: Artefact
    stage: str
    broke: str = ""


@dataclass(frozen=True)
class Waiting:
    """What is being read, what broke off, and whether no worker has been heard of."""

    rows: tuple[Underway, ...] = ()
    broken: tuple[Underway, ...] = ()
    nobody: bool = False


def waiting_of(release: Release, only: Artefact | None = None) -> Waiting:
    """Of a release, or of one artefact; one query where nothing is being read."""
    if only is not None:
        reading = [only] if only.state == State.READING else []
    else:
        reading = list(Artefact.objects.of(release).filter(state=State.READING).order_by("uploaded_at")[:100])
    if not reading:
        return Waiting()
    keys = {job_key(one): one for one in reading}
    jobs = {job.key: job for job in Job.objects.filter(kind=READ, key__in=keys).order_by("requested_at")}
    found = [_underway(one, jobs.get(key)) for key, one in keys.items()]
    rows = tuple(one for one in found if not one.broke)
    return Waiting(rows, tuple(one for one in found if one.broke), bool(rows) and not is_anybody_there())


def _underway(row: Artefact, job: Job | None) -> Underway:
    if job is not None and job.is_open:
        return Underway(row, job.stage or "Waiting for a worker")
    return Underway(row, "", job.error if job and job.error else "Its job is gone.")
