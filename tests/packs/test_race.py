"""Eight people who ask for the same pack in the same instant, on a database of their own."""

import json

import pytest

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("installation")]

RACE = """
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier
from django.db import connection
from compliance.accounts.models import User
from compliance.jobs.models import Job
from compliance.ledger import change
from compliance.ledger.keys import make_signing_key
from compliance.packs.models import EvidencePack
from compliance.packs.registry import Period
from compliance.packs.services import request_pack
from compliance.projects import services

make_signing_key()
with change(by="tests"):
    mara = User.objects.create_user("mara@lumaro.example", "correct horse battery", name="Mara")
lumaro = services.create_organisation(name="Lumaro", by="tests", admin=mara)
services.grant_role(user=mara, role="compliance_officer", scope=lumaro, by="tests")
project = services.create_project(organisation=lumaro, name="Stridewell", by=mara)
period = Period(date(2026, 1, 1), date(2026, 6, 30))

def race(as_at):
    together = Barrier(8)
    def ask(number):
        try:
            together.wait(60)
            pack = request_pack(scope=project, type="isms_27001", as_at=as_at, period=period, by=mara)
            return pack.get_absolute_url()
        finally:
            connection.close()
    with ThreadPoolExecutor(8) as people:
        return sorted(people.map(ask, range(8)))

links = [race(None), race(datetime.now(UTC))]
print(json.dumps([links, EvidencePack.objects.count(), Job.objects.count()]))
"""


def test_the_same_pack_asked_for_by_eight_at_once_is_one_pack_and_one_job(installation):
    links = [[f"/projects/stridewell/packs/PK-000{number}/"] * 8 for number in (1, 2)]
    said = installation.run("-c", f"import django\ndjango.setup()\n{RACE}", CELERY_BROKER_URL="memory://").stdout
    assert json.loads(said.splitlines()[-1]) == [links, 2, 2]
