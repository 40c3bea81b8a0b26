"""What we hand out as OSCAL is valid by NIST's own schema, and a catalog of ours comes back as it went out."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from compliance.accounts.models import User
from compliance.exchange.registry import sheets
from compliance.exchange.services import preview, receive
from compliance.files.models import Disclosure
from compliance.ledger import change
from compliance.projects.models import Organisation, Project
from controls.models import Applicability, ControlTest, Edition, Finding, Implementation
from controls.services import oscal
from controls.services.applicability import adopt_edition, decide_many
from controls.services.control import answer_requirements
from tests.controls.editions import make_edition, requirement
from tests.controls.oscal_schema import faults


@pytest.fixture
def held(lumaro: Organisation, running: Implementation, mara: User) -> Edition:
    """A statement with a row left out, a control that answers, a concluded test and two findings."""
    edition = make_edition("alpha")
    adopt_edition(scope=lumaro, edition=edition, by=mara)
    rows = Applicability.objects.order_by("requirement__position")
    decide_many(rows=rows[:1], by=mara, codes="RA LR", justification="Risk\nand law", reason="As assessed")
    decide_many(rows=rows[1:2], by=mara, included=False, exclusion_reason="No such\nthing")
    answer_requirements(control=running.control, requirements=[requirement(edition, "K.1")], by=mara)
    now, place = datetime(2026, 11, 1, 9, tzinfo=UTC), {"organisation": lumaro}
    with change(by=mara):
        ControlTest(
            **place, implementation=running, method="observe", objective="Restores  work", procedure="Restore one.",
            criteria="It fails.", tester=mara, planned_date=now.date(), state="concluded", result="ineffective",
            conclusion="It failed.", concluded_at=now,
        ).save()  # fmt: skip
        for state, grade in (("issued", "major_nc"), ("accepted", "positive"), ("draft", "minor_nc")):
            Finding(
                **place, source="other", grade=grade, title="Restore", statement="Failed.", evidence_seen="Log",
                requirement=requirement(edition, "K.1"), raised_by=mara, raised_at=now, state=state,
            ).save()  # fmt: skip
    return edition


def test_every_document_is_valid_by_the_schema(held: Edition, lumaro: Organisation, stridewell: Project, mara: User):
    held.owner = lumaro
    statement = lumaro_statement = held.statements.get()
    documents = [
        oscal.catalog(held),
        oscal.profile(lumaro, statement),
        oscal.profile(stridewell, lumaro_statement),
        oscal.components(lumaro),
        oscal.components(stridewell),
        oscal.results(lumaro),
        oscal.results(stridewell),
    ]

    assert [faults(json.loads(json.dumps(one))) for one in documents] == [[]] * 7
    assert faults({"catalog": {"uuid": "x", "groups": []}}) != []
    picked = documents[1]["profile"]["imports"][0]["include-controls"][0]["with-ids"]
    found = documents[5]["assessment-results"]["results"][0]
    component = documents[3]["component-definition"]["components"][0]["control-implementations"][0]
    assert (picked, [one["control-id"] for one in component["implemented-requirements"]]) == (["k.1", "k.3"], ["k.1"])
    told = [(one["props"][0]["value"], one["target"]["status"]["state"]) for one in found["findings"]]
    assert told == [("CT-001", "not-satisfied"), ("F-001", "not-satisfied"), ("F-002", "satisfied")]


def test_nothing_excluded_or_everything_still_makes_a_profile(held: Edition, lumaro: Organisation, mara: User):
    decide_many(rows=list(Applicability.objects.all()), by=mara, included=False, exclusion_reason="No", reason="No")

    assert faults(oscal.profile(lumaro, held.statements.get())) == []


def test_a_protected_framework_is_not_handed_out(
    held: Edition, lumaro: Organisation, mara: User, sign_in: Callable[[User], Client]
):
    client, url = sign_in(mara), reverse("controls:oscal_catalog", args=["lumaro", "alpha"])

    assert client.get(url).url == reverse("controls:framework", args=["lumaro", "alpha"])
    file = client.get(reverse("controls:oscal_profile", args=["lumaro", "alpha"]))
    assert (file["Content-Type"], Disclosure.objects.get().name) == (
        "application/json", "oscal-profile-lumaro-alpha.json",
    )  # fmt: skip


def test_a_catalog_comes_back_as_it_went_out(shipped: Any, lumaro: Organisation, mara: User):
    edition = Edition.objects.get(key="masvs-2")
    document = oscal.catalog(edition)
    file = BytesIO(json.dumps(document).encode())
    item = receive(sheet=sheets["frameworks"], scope=lumaro, stream=file, name="masvs.json", by=mara, asked={})
    preview(item)

    came = [{one["column"]: one["new"] for one in line.changes} for line in item.lines.all()]
    assert faults(document) == []
    assert [(row["Number"], row["Title"]) for row in came] == list(
        edition.requirements.filter(retired_at=None).order_by("position").values_list("ref", "title")
    )
