"""The row of an issued pack stays as it is, also for whoever goes around the programs."""

import pytest
from django.db import DatabaseError, connection, transaction

from compliance.ledger import change
from compliance.packs.models import EvidencePack, PackVolume
from tests.packs.drafts import issued as published

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(stridewell, ed, ria, mara):
    pack = published(stridewell, [ed, ria, mara])
    with change(by="packs"):
        PackVolume.objects.create(
            organisation_id=pack.organisation_id, project_id=pack.project_id, pack=pack, number=1, blob=pack.pdf,
            of_issue=True,
        )  # fmt: skip
    return pack


STATEMENTS = {
    "another file": "UPDATE packs_evidencepack SET pdf_id = archive_id",
    "another content": "UPDATE packs_evidencepack SET content_sha256 = ''",
    "back to a draft": "UPDATE packs_evidencepack SET state = 'built'",
    "no pack": "DELETE FROM packs_evidencepack",
    "another volume": "UPDATE packs_packvolume SET pages = 7",
    "no volume": "DELETE FROM packs_packvolume",
}


@pytest.mark.parametrize("what", STATEMENTS)
def test_the_database_refuses(what, issued):
    with pytest.raises(DatabaseError, match="refused"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STATEMENTS[what])

    issued.refresh_from_db()
    assert (issued.state, issued.volumes.count()) == ("issued", 1)


def test_it_can_be_withdrawn_and_no_more(issued, ed):
    with change(by=ed, reason="It names the wrong release."):
        issued.state, issued.withdrawal = EvidencePack.State.WITHDRAWN, "It names the wrong release."
        issued.save()

    with pytest.raises(DatabaseError, match="refused"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE packs_evidencepack SET state = 'issued'")
