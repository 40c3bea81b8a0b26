"""Eight people who ask for the same pack in the same instant, on a database of their own."""

import json
import os
import shutil

import pytest

from docker.servers import postgres
from tests.jobs.machines import Machine

RACE = """
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier
from django.db import connection
from compliance.accounts.models import User
from compliance.jobs.models import Job
from compliance.packs.models import EvidencePack
from compliance.packs.registry import Period
from compliance.packs.services import request_pack
from compliance.projects.models import Project

project, mara, period = Project.objects.get(), User.objects.get(), Period(date(2026, 1, 1), date(2026, 6, 30))

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

links = [race(None), race(datetime(2026, 6, 30, 12, tzinfo=UTC))]
print(json.dumps([links, EvidencePack.objects.count(), Job.objects.count()]))
"""
pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("survival")]


def raced(machine: Machine) -> object:
    return json.loads(machine.manage("shell", "-v", "0", "-c", RACE).splitlines()[-1])


ONE_PACK_EACH = [[[f"/projects/stridewell/packs/PK-000{number}/"] * 8 for number in (1, 2)], 2, 2]


@pytest.mark.skipif(not shutil.which("initdb") and not os.path.isdir("/usr/lib/postgresql"), reason="no PostgreSQL")
def test_the_same_pack_asked_for_by_eight_at_once_is_one_pack_and_one_job_on_postgresql(tmp_path):
    with postgres() as url:
        assert raced(Machine(tmp_path, DATABASE_URL=url).make()) == ONE_PACK_EACH


def test_the_same_pack_asked_for_by_eight_at_once_is_one_pack_and_one_job_on_sqlite(tmp_path):
    assert raced(Machine(tmp_path).make()) == ONE_PACK_EACH
