"""A pack whose database has no room left ends told and leaves nothing half; the next try makes it."""

import json
from pathlib import Path

import pytest

from tests.ledger.installation import Installation
from tests.ledger.small_disk import FILL, on_small_disk
from tests.ledger.test_writers import POSTGRESQL

pytestmark = [POSTGRESQL, pytest.mark.timeout(300), pytest.mark.xdist_group("installation")]
# The disk fills while the pack is packed, before it is published.
BUILD = (
    FILL
    + """
import json, secrets
import django
django.setup()
from django.conf import settings
from django.db import DatabaseError
from compliance.files.models import Blob
from compliance.jobs import running
from compliance.jobs.models import Job
from compliance.ledger import change
from compliance.ledger.keys import make_signing_key
from compliance.ledger.models import Entry
from compliance.packs import services
from compliance.packs.models import EvidencePack
from compliance.packs.verification import verify_file
from compliance.packs.registry import Period
from compliance.projects.models import Project
from datetime import date
from tests.ledger.writers import prepare

def fill_all():
    fill()
    project = Project.objects.order_by("reference").last()
    try:
        for _ in range(2000):
            with change(by="tests"):
                project.summary = secrets.token_hex(900)
                project.save()
    except DatabaseError as error:
        told["full"] = error.__cause__.sqlstate

def report(self, stage, progress):
    heard(self, stage, progress)
    if stage == "Packing the ZIP" and not told:
        fill_all()

def look():
    pack = EvidencePack.objects.get()
    job = Job.objects.order_by("-requested_at").first()
    kept = [path for path in (settings.DATA_DIR / "files").rglob("*") if path.is_file()]
    return [job.state, job.error.partition(".")[0], pack.state, pack.history.count(), Blob.objects.count(), len(kept)]

told = {}
prepare(plain=False)
make_signing_key()
project = Project.objects.order_by("reference").first()
period = Period(date(2026, 1, 1), date(2026, 6, 30))
services.request_pack(scope=project, type="soa_only", period=period, by="tests")
heard, running.Running.report = running.Running.report, report
running.run_all()
told["then"] = look()
filler.unlink()
services.build_again(pack=EvidencePack.objects.get(), by="tests")
running.run_all()
told["again"] = look()
pack = EvidencePack.objects.get()
told["verified"] = [verify_file(blob.path)[0] for blob in (pack.pdf, pack.archive)]
print(json.dumps(told))
"""
)


def test_a_full_database_is_told_keeps_nothing_and_is_over_when_there_is_room(
    bare_installation: Installation, tmp_path: Path
) -> None:
    with on_small_disk(bare_installation, tmp_path) as (installation, disk):
        done = installation.run("-c", BUILD, str(disk / "filler"), ASSAY_LOG_LEVEL="CRITICAL")
    assert json.loads(done.stdout) == {
        "full": "53100",
        "then": ["failed", "There is no room left on the disk of the server", "requested", 1, 0, 0],
        "again": ["done", "", "built", 2, 2, 2],
        "verified": [0, 0],
    }
