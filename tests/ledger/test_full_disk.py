"""A database whose disk is full keeps nothing half, says so, and goes on when there is room again."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.installation import Installation
from tests.ledger.small_disk import FILL, on_small_disk
from tests.ledger.test_writers import POSTGRESQL

pytestmark = [POSTGRESQL, pytest.mark.timeout(300), pytest.mark.xdist_group("installation")]
# Pages are asked to save until one cannot; then there is room again.
WRITE = (
    FILL
    + """
import json, secrets
import django
django.setup()
from django.test import Client
from django.test.utils import setup_test_environment
from compliance.accounts.models import User
from compliance.ledger.keys import make_signing_key
from compliance.ledger.models import Entry
from compliance.ledger.sealing import seal
from compliance.ledger.verification import verify
from compliance.projects.models import Project
from tests.ledger.writers import prepare

def save():
    answer = browser.post(page, {**form, "summary": secrets.token_hex(900)}, secure=True)
    return answer.status_code, "no room left" in answer.content.decode()

def counted():
    return Project.history.count(), Entry.objects.filter(model="projects.project").count()

setup_test_environment()
prepare(plain=False)
make_signing_key()
seal()
browser = Client(raise_request_exception=False, SERVER_NAME="localhost")
browser.force_login(User.objects.get())
page = f"/projects/{Project.objects.order_by('reference').first().slug}/edit/"
form = {name: text for name, text in browser.get(page, secure=True).context["form"].initial.items() if text is not None}
fill()
answers = []
for _ in range(60):
    before = counted()
    answers.append(save())
    if answers[-1][0] != 302:
        break
half = before != counted()
filler.unlink()
answers.append(save())
seal()
doubts = [str(doubt) for doubt in verify()]
print(json.dumps({"full": answers[-2], "half": half, "then": answers[-1], "doubts": doubts}))
"""
)


@pytest.fixture
def cramped(bare_installation: Installation, tmp_path: Path) -> Iterator[tuple[Installation, Path]]:
    """An installation whose tables lie on a small disk of their own, and where that is."""
    with on_small_disk(bare_installation, tmp_path) as found:
        yield found


def test_a_change_on_a_full_disk_is_refused_whole_and_made_when_there_is_room(cramped):
    installation, disk = cramped
    told = json.loads(installation.run("-c", WRITE, str(disk / "filler"), ASSAY_LOG_LEVEL="CRITICAL").stdout)
    assert told == {"full": [503, True], "half": False, "then": [302, False], "doubts": []}
