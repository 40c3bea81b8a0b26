"""Reading files and telling the rooms, by a worker."""

from typing import Any

from compliance.artefacts.models import Artefact
from compliance.artefacts.services.artefact import READ, TELL
from compliance.artefacts.services.read import read_artefact, told
from compliance.jobs.models import Job
from compliance.jobs.registry import JobFailed, job_kind
from compliance.jobs.running import Running
from compliance.projects.models import Release


@job_kind(READ)
def read(running: Running, *, artefact: str) -> dict[str, Any]:
    """Read one file; a second attempt starts over."""
    row = Artefact.objects.select_related("blob", "release").filter(pk=artefact).first()
    if row is None:
        raise JobFailed("The artefact is gone.")
    running.report(f"Reading {row.file_name}", 20)
    done = read_artefact(artefact=row, hold=running.hold)
    return {"artefact": done.reference, "state": done.state}


@job_kind(TELL)
def tell(running: Running, *, release: str) -> dict[str, Any]:
    """Tell the rooms; one that comes later and waits does it for both."""
    later = Job.objects.filter(kind=TELL, state=Job.State.QUEUED, key__startswith=f"{release}:")
    if later.filter(requested_at__gt=running.job.requested_at).exclude(pk=running.job.pk).exists():
        return {"left_to": "a later one"}
    running.report("Comparing with the records", 40)
    return told(Release.objects.select_related("project__organisation").get(pk=release))
