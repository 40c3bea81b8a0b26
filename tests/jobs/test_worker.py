"""A real worker process, killed in the middle of a real pack."""

import pytest

from compliance.packs.verifier.checks import report

ASK = """
from datetime import date
from compliance.accounts.models import User
from compliance.packs.registry import Period
from compliance.packs.services import request_pack
from compliance.projects.models import Project
period = Period(date(2020, 1, 1), date(2040, 1, 1))
request_pack(scope=Project.objects.get(), type="project_app", period=period, by=User.objects.get())
"""
pytestmark = [pytest.mark.once, pytest.mark.timeout(900), pytest.mark.xdist_group("survival")]


def test_killing_the_worker_in_the_middle_leaves_no_half_pack_and_the_next_one_finishes_it(machine):
    machine.manage("shell", "--no-imports", "-c", ASK)
    worker = machine.worker()
    machine.wait(lambda jobs, packs: jobs[0][0] == "running" and jobs[0][1] >= 10)
    machine.kill(worker)
    (job,), (pack,) = machine.look()
    assert (job[0], pack, machine.files()) == ("running", ["requested", None, None], [])
    machine.worker()
    (job,), (pack,) = machine.wait(lambda jobs, packs: jobs[0][0] in {"done", "failed"})
    assert job == ["done", 100, 2, ""]
    assert pack[0] == "built"
    for digest in pack[1:]:
        assert report(str(machine.folder / "files" / digest[:2] / digest))[0] == 0
