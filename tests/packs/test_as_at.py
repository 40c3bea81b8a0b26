"""A pack of a past moment is what it was: nothing that happened since is in it, whatever is changed or renamed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from compliance.ledger import change, remembering
from compliance.packs.gathering import gather
from compliance.packs.models import EvidencePack
from compliance.packs.registry import Period
from compliance.packs.services import request_pack
from compliance.packs.types import PACK_TYPES
from compliance.projects.services import grant_role, update_organisation
from controls.models import Applicability, EvidenceImplementation
from controls.services.applicability import decide_many
from dataflows import services as flows
from risks import services as risks
from tests.controls.conftest import annex, backups, running, statement  # noqa: F401
from tests.dataflows.conftest import approved, dora, email, nimbus, propose, way  # noqa: F401
from tests.packs.conftest import PERIOD
from tests.packs.rooms import filled, hand_in, rename  # noqa: F401
from tests.risks.conftest import method, risk, score  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
SUBJECTS = {"release": "REL-001", "control": "C-001"}


def content(scope, kind, profile, at):
    subject = SUBJECTS.get(kind.subject, "")
    return gather(scope=scope, type=kind.key, at=at, period=PERIOD, profile=profile, subject=subject)


def change_everything(filled, running, mara, ed, ria):  # noqa: F811
    """After the moment: every room is edited, a link is removed, people are renamed, a slug moves."""
    for person in (mara, ed, ria):
        rename(person, f"{person.name} Later")
    grant_role(user=ed, role="executive", scope=filled.organisation, by=mara)
    update_organisation(organisation=filled.organisation, by=mara, name="Lumaro Two", scope_statement="Less.")
    with change(by=mara, reason="Another address."):
        filled.project.slug, filled.project.name = "elsewhere", "Strider"
        filled.project.save()
    decide_many(
        rows=Applicability.objects.in_organisation(filled.organisation),
        by=mara,
        included=False,
        exclusion_reason="Gone.",
        reason="Gone.",
    )
    with change(by=mara, reason="Wrong link."):
        for link in EvidenceImplementation.objects.all():
            link.delete()
        requirement = Applicability.objects.first().requirement
        requirement.title = "Renamed in the catalogue"
        requirement.save()
    hand_in(filled.organisation, running, ed, "Newer")
    risks.update_risk(risk=filled.risk, by=ed, title="Another title")
    flows.change_flow(flow=filled.flow, title="Another flow", by=ed, reason="Clearer.")


def contents_of_all(rooms, at):
    """The content of every kind for an auditor, and of one for every reader; the moment is read once."""
    every = [(kind, "auditor") for kind in PACK_TYPES.values()]
    readers = [(PACK_TYPES["pims_27701"], key) for key in ("internal", "customer")]
    with remembering():
        return {
            (scope, kind.key, profile): content(getattr(rooms, scope), kind, profile, at).hash
            for kind, profile in [*every, *readers, (PACK_TYPES["ropa_only"], "authority")]
            for scope in sorted(kind.scopes)
        }


def test_every_kind_for_every_reader_is_the_same_again(filled, running, mara, ed, ria):  # noqa: F811
    at = timezone.now()
    before = contents_of_all(filled, at)
    change_everything(filled, running, mara, ed, ria)
    for row in (filled.organisation, filled.project):
        row.refresh_from_db()
    assert contents_of_all(filled, at) == before
    now = content(filled.project, PACK_TYPES["isms_27001"], "auditor", timezone.now())
    assert now.hash != before["project", "isms_27001", "auditor"]


def issued(scope, by, at):
    """A pack as `issue` leaves it, for the diff to find."""
    pack = request_pack(scope=scope, type="isms_27001", period=PERIOD, by=by, as_at=at)
    with change(by=by, reason="Issued."):
        pack.state, pack.edition, pack.issued_at, pack.content_sha256 = "issued", "1.0", timezone.now(), "0" * 64
        pack.save()
    return pack


def since(scope, at, type="isms_27001"):
    made = gather(scope=scope, type=type, at=at, period=PERIOD, profile="internal")
    return next(context for section, context in made.parts if section.key == "since")


def test_the_first_issue_has_nothing_to_compare_with(filled):  # noqa: F811
    assert since(filled.project, timezone.now())["previous"] is None


def test_the_next_issue_tells_what_is_new_different_and_gone(filled, mara, ed):  # noqa: F811
    before = timezone.now()
    pack = issued(filled.project, mara, before)
    unchanged = timezone.now()
    risks.update_risk(risk=filled.risk, by=ed, title="Another title")
    with change(by=mara, reason="Wrong link."):
        EvidenceImplementation.objects.get().delete()
    told = since(filled.project, timezone.now())
    assert (told["previous"]["reference"], told["previous"]["edition"]) == (pack.reference, "1.0")
    rows = {(row["record"], row["kind"]): row["fields"] for row in told["rows"] if row["record"] == "R-001"}
    assert [(field["name"], field["new"]) for field in rows["R-001", "changed"]] == [("title", "Another title")]
    assert {room["room"]: (room["added"], room["changed"], room["removed"]) for room in told["rooms"]} == {
        "Controls": (0, 0, 1),
        "Risks": (0, 1, 0),
    }
    assert since(filled.project, unchanged)["rows"] == []
    assert since(filled.project, before)["previous"] is None
    assert since(filled.project, timezone.now(), type="soa_only")["previous"] is None
    assert EvidencePack.objects.count() == 1


def test_a_month_without_evidence_is_a_gap(filled):  # noqa: F811
    today = timezone.now().date()
    period = Period(today - timedelta(days=120), today)
    made = gather(
        scope=filled.project,
        type="single_control",
        at=timezone.now(),
        period=period,
        profile="internal",
        subject="C-001",
    )
    (row,) = next(context for section, context in made.parts if section.key == "control_evidence")["rows"]
    assert set(row["coverage"]["states"][:-1]) <= {"", "ok"}
    assert (row["coverage"]["states"][-1], row["coverage"]["found"]) == ("ok", 1)
