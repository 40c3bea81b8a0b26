"""An artefact becomes evidence with one click, and newer files become its newer versions by themselves."""

from collections.abc import Callable

import pytest
from django.test import Client

from compliance.accounts.models import User
from compliance.ledger import Refused
from compliance.projects.models import Release
from controls.models import Evidence, EvidenceVersion
from controls.services.kept import follow_artefacts, keep_artefact
from tests.artefacts.app_samples import TEXT_MANIFEST
from tests.artefacts.conftest import Hand, hand_in, next_release

__all__ = ["hand_in", "next_release"]


def test_a_file_is_kept_as_evidence_and_followed(
    hand_in: Hand,
    next_release: Release,
    sign_in: Callable[[User], Client],
    ed: User,
) -> None:
    [first] = hand_in(("AndroidManifest.xml", TEXT_MANIFEST))
    client, page = sign_in(ed), first.get_absolute_url()
    assert "Hand in for controls" in client.get(page).content.decode()

    client.post(f"/projects/stridewell/artefacts/{first.reference}/keep/")

    [version] = EvidenceVersion.objects.select_related("evidence")
    assert (version.blob_id, version.method, version.source, version.state) == (
        first.blob_id,
        "export_by_hand",
        "AF-001 of release 4.2.0, handed in by Ed",
        "submitted",
    )
    assert (version.evidence.title, version.evidence.kind) == ("Android manifest of 4.2.0", "artefact_import")
    shown = client.get(page).content.decode()
    assert ("Hand in for controls" in shown, version.evidence.reference in shown) == (False, True)
    with pytest.raises(Refused, match="AF-001 is evidence already: EV-001"):
        keep_artefact(artefact=first, by=ed)

    [newer] = hand_in(("AndroidManifest.xml", TEXT_MANIFEST + "\n"))

    latest = EvidenceVersion.objects.get(latest=True)
    assert (latest.number, latest.blob_id, Evidence.objects.count()) == (2, newer.blob_id, 1)
    assert follow_artefacts(next_release) == []
    [broken] = hand_in(("bom.json", "{"))
    with pytest.raises(Refused, match="AF-003 is not readable: only what was read and counts becomes evidence"):
        keep_artefact(artefact=broken, by=ed)
