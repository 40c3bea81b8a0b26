"""Answers and records: compared before submitting, told on the record's page, printed in packs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from compliance.accounts.models import User
from compliance.assessments.expected import expected
from compliance.assessments.models import Assessment
from compliance.assessments.pack_sections import assessment as section
from compliance.assessments.registry import answer_checks
from compliance.assessments.services import accept_proposals, approve_assessment
from compliance.packs.registry import Period
from compliance.projects.models import Organisation, Project
from dataflows.models import Node
from dataflows.said import category_of, names_in, period_said, trigger_said
from dataflows.services import add_item, add_node, add_party, node_of_party, propose_flow, record_transfer
from risks.models import Risk
from risks.services import identify_risk
from tests.assessments.answers import to_reviewed
from tests.assessments.test_assessment import dora, draft

__all__ = ["dora", "draft"]
SignIn = Callable[[User], Client]
SENTENCE = {"weakness": "a", "source": "b", "event": "c", "consequence": "d", "risk_source": "criminal"}


def said(project: Project, **answers: Any) -> list[tuple[str, str]]:
    values = {key: {"answer": value} for key, value in answers.items()}
    return [(one.question, one.say) for check in answer_checks for one in check(project, values)]


def test_answers_are_compared_with_flows_transfers_and_risks(
    lumaro: Organisation, stridewell: Project, mara: User
) -> None:
    party = add_party(organisation=lumaro, by=mara, name="Paywell Inc", country="US", service="Payments")
    app = add_node(project=stridewell, kind=Node.Kind.APP, name="App", by=mara)
    card = add_item(organisation=lumaro, name="card number", category="payment_info", by=mara)
    there = node_of_party(project=stridewell, party=party, by=mara)
    flow = propose_flow(project=stridewell, path=[app, there], items=[card], by=mara, title="Cards", purpose="To pay")
    record_transfer(flow=flow, country="US", by=mara)
    identify_risk(organisation=lumaro, project=stridewell, by=mara, title="Payee changed", threat="T17", **SENTENCE)

    assert said(stridewell, Q32=["none"]) == [
        ("Q32", "No money in the app, but DF-001 Cards carries such data."),
        ("Q32", "No money in the app, but R-001 Payee changed is open."),
    ]
    assert said(stridewell, Q36="none") == [
        ("Q36", "No outside service gets data, but DF-001 reaches Paywell Inc."),
        ("Q36", "Every country you name is in the EEA, but TR-001 goes to United States."),
    ]
    assert said(stridewell, Q36=[{"company": "Paywell Inc", "country": "US"}], Q32=["card_own_form"]) == []


@pytest.mark.once
def test_words_are_read_as_this_room_keeps_them() -> None:
    assert names_in("name, e-mail and birth year") == ["name", "e-mail", "birth year"]
    found = ["heart rate", "face image", "birth year", "route", "stack traces", "moonlight"]
    assert [category_of(one) for one in found] == [
        *("health", "biometric", "other_personal", "location_precise", "crash", "other")
    ]
    assert [period_said(one) for one in ("30 days", "6 weeks", "2 years", "for ever")] == [
        *((30, "days"), (42, "days"), (2, "years"), None)
    ]
    assert [trigger_said(one) for one in ("account closed", "last use", "recorded")] == [
        *("account_closed", "last_use", "collection")
    ]


def test_a_record_tells_which_answer_it_comes_from_and_packs_print_it(
    draft: Assessment, stridewell: Project, ed: User, mara: User, dora: User, sign_in: SignIn
) -> None:
    approve_assessment(assessment=to_reviewed(draft, ed, mara, Q31={"answer": ["camera"]}), by=dora, reason="Read")
    risk = draft.proposals.filter(kind="risk").first()
    asked = [risk, *draft.proposals.filter(kind="permission")]
    accept_proposals(proposals=asked, by=mara, reason="It is so")
    page = sign_in(ed).get(Risk.objects.get().get_absolute_url()).text
    at = timezone.now()
    said = section(stridewell, at, Period(at, at))
    printed = said["rows"][0]
    lines = {line["reference"]: line for _, group in printed["groups"] for line in group}

    assert ("From the assessment" in page, risk.because.splitlines()[0][:20] in page) == (True, True)
    assert (printed["approved_by"], printed["reviewed_by"], printed["reason"]) == ("Dora", "Mara", "Read")
    assert (lines[risk.reference]["state"], lines[risk.reference]["became"][:5]) == ("accepted", "R-001")
    assert {one.title for one in said["citations"]} == {f"Assessment, version {draft.version}"}
    assert expected(stridewell).permissions == {"camera"}
