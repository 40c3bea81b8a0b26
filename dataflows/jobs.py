"""What takes seconds and is done in the background: files of records, comparing an app with its papers."""

import io
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from compliance.accounts.models import User
from compliance.files.store import FileDamaged, store
from compliance.jobs.registry import JobFailed, job_kind
from compliance.jobs.running import Running
from compliance.projects.models import Organisation, Project, Release
from dataflows.approved import approved
from dataflows.comparing import compare_release
from dataflows.models import ProcessingActivity
from dataflows.record_files import WRITERS, file_name
from dataflows.watching import KIND as DRIFT

KIND = "dataflows.records"
MOST_BYTES = 200 * 1024 * 1024


@job_kind(KIND)
def write_records(
    running: Running, *, organisation: str, project: str, user: str, only: str, form: str, at: str
) -> dict[str, Any]:
    """Write the records a person may see as a file, kept under its hash."""
    house = Organisation.objects.get(pk=organisation)
    scope: Organisation | Project = Project.objects.get(pk=project) if project else house
    person = User.objects.filter(pk=user, is_active=True).first()
    if person is None:
        raise JobFailed("Whoever asked has no account any more.")
    running.report("Reading the records as they were approved", 10)
    records = approved(
        house, records_of(scope, person, only), title=title_of(scope, only), at=datetime.fromisoformat(at)
    )
    running.report(f"Writing {len(records.told)} records", 40)
    content = WRITERS[form][1](records)
    name = file_name(records, scope.slug, form)
    with transaction.atomic():
        running.hold()
        blob = store(io.BytesIO(content), limit=MOST_BYTES, name=name, types=None)
    return {"sha256": blob.sha256, "name": name, "records": len(records.told)}


def records_of(scope: Organisation | Project, user: User | UUID, only: str) -> Any:
    """The records of a list, or one of them by its reference."""
    if isinstance(scope, Project):
        rows = ProcessingActivity.objects.for_project(scope)
    else:
        rows = ProcessingActivity.objects.seen_by(user, scope)
    return rows.filter(reference=only) if only else rows


def title_of(scope: Organisation | Project, only: str) -> str:
    """What the file is about, in words."""
    if only:
        return f"Record {only}"
    return f"Records of {scope.name} and those all projects share" if isinstance(scope, Project) else "All records"


@job_kind(DRIFT)
def compare(running: Running, *, release: str) -> dict[str, Any]:
    """Compare a release with its papers; a second attempt starts over and writes the same."""
    found = Release.objects.select_related("project__organisation").filter(pk=release).first()
    if found is None:
        raise JobFailed("The release is gone.")
    running.report("Comparing the app with its papers", 20)
    try:
        return {"outcome": str(compare_release(found, hold=running.hold))}
    except FileDamaged as damaged:
        raise JobFailed(str(damaged)) from damaged
