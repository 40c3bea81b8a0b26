"""Assessments of legitimate interests: three tests, a view, an approval by somebody else; and what rests on them."""

import pytest

from compliance.approvals.services import NotYours
from dataflows import pack_records, preflight, services
from dataflows.models import ProcessingActivity
from dataflows.record_problems import record_problems
from dataflows.services import Purpose
from tests.dataflows.test_pack import PERIOD, at

FULL = {
    "interest": "An app that does not crash.",
    **{f"{name}_test": "Looked at." for name in ("purpose", "necessity", "balancing")},
    **{f"{name}_verdict": "passed" for name in ("purpose", "necessity", "balancing")},
    "outcome": "rely",
}


@pytest.fixture
def assess(lumaro, ed):
    return lambda **details: services.draft_interest(
        organisation=lumaro, title="Crash reports", by=ed, **(FULL | details)
    )


@pytest.fixture
def agreed(assess, ed, dora):
    made = assess()
    services.submit_for_review(record=made, by=ed)
    services.give_view(assessment=made, by=dora, reason="Fair.")
    return services.approve_record(record=made, by=dora, reason="Balanced.")


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({"interest": ""}, "It does not say which interest it is about."),
        ({"necessity_verdict": ""}, "It still needs the necessity test, each with a result."),
        ({"outcome": ""}, "It has no outcome."),
        ({"balancing_verdict": "failed"}, "It relies on the interest, but did not pass the balancing test."),
        ({"outcome": "rely_with_safeguards"}, "It relies on safeguards and names none."),
    ],
)
def test_an_assessment_that_does_not_hold_is_not_approved(assess, ed, dora, details, said):
    made = assess(**details)
    services.submit_for_review(record=made, by=ed)
    services.give_view(assessment=made, by=dora, reason="See below.")
    with pytest.raises(services.NotInOrder) as refusal:
        services.approve_record(record=made, by=dora, reason="Fine")
    assert str(refusal.value).endswith(said)


def test_the_view_comes_with_the_review_and_neither_it_nor_approval_from_the_author(assess, ed, dora, mara):
    made = assess()
    with pytest.raises(services.WrongState):
        services.give_view(assessment=made, by=dora, reason="Early")
    services.submit_for_review(record=made, by=mara)
    with pytest.raises(services.NotInOrder, match="has not said what they think"):
        services.approve_record(record=made, by=dora, reason="Fine")
    with pytest.raises(NotYours):
        services.give_view(assessment=made, by=ed, reason="Mine is good")
    services.give_view(assessment=made, by=dora, reason="Fair.")
    with pytest.raises(NotYours):
        services.approve_record(record=made, by=ed, reason="Mine is good")
    assert services.approve_record(record=made, by=dora, reason="Balanced.").is_relied_on is True


def test_changing_an_assessment_asks_for_a_new_view(agreed, ed):
    services.change_interest(assessment=agreed, safeguards="A switch", by=ed, reason="Better")
    assert (agreed.dpo_view, agreed.dpo_view_by) == ("", None)


@pytest.mark.parametrize(
    ("purposes", "said"),
    [
        ([Purpose("Coaching")], ["“Coaching” names no legal basis."]),
        (
            [Purpose("Coaching", legal_basis="legitimate_interests")],
            ["“Coaching” rests on legitimate interests without an assessment of them."],
        ),
        ([Purpose("Coaching", "users", "contract"), Purpose("Coaching", "employees", "consent")], []),
    ],
)
def test_a_record_needs_a_basis_for_every_purpose(lumaro, stridewell, ed, purposes, said):
    services.draft_activity(organisation=lumaro, project=stridewell, name="Coaching", purposes=purposes, by=ed)

    row = ProcessingActivity.objects.complete().get()
    assert [problem.text for problem in record_problems(row)] == said
    assert [one.text for one in preflight.legal_bases(stridewell, at(), PERIOD)] == [
        f"RA-001 Coaching (draft): {text} GDPR Art. {'6(1)(f)' if 'rests' in text else '6(1)'}." for text in said
    ]


def test_interests_need_an_approved_assessment_and_data_its_conditions(
    lumaro, stridewell, assess, agreed, heart_rate, ed, mara
):
    crime = services.add_item(organisation=lumaro, name="Convictions", category="criminal", by=mara)
    made = assess()
    about = {"organisation": lumaro, "project": stridewell, "by": ed, "data": {heart_rate: "", crime: ""}}
    for name, weighed in (("One", made), ("Two", agreed)):
        services.draft_activity(
            name=name, purposes=[Purpose(name, "users", "legitimate_interests", balancing=weighed)], **about
        )
    said = [[one.mark for one in record_problems(row)] for row in ProcessingActivity.objects.complete()]
    assert said == [["no balancing", "no condition", "no law"], ["no condition", "no law"]]
    (row,) = pack_records.interests(stridewell, at(), PERIOD)["rows"][:1]
    assert (row["reference"], row["records"], row["dpo_view_by"]) == ("LIA-001", ["RA-002"], "Dora")


def test_a_flow_on_interests_needs_a_record_that_weighs_them(lumaro, stridewell, propose, approved, agreed, ed):
    basis = {"legal_basis": "legitimate_interests", "legitimate_interests": "Stability"}
    record = services.draft_activity(organisation=lumaro, project=stridewell, name="Stability", by=ed)
    purposes = [Purpose("Stability", "users", "legitimate_interests", balancing=agreed)]
    approved(**basis)
    propose(title="Second", activity=record, **basis)
    said = [(str(one.level), one.text) for one in preflight.legal_bases(stridewell, at(), PERIOD)]
    assert [(level, text.partition(":")[0]) for level, text in said] == [
        ("warn", "RA-001 Stability (draft)"),
        ("block", "DF-001 Account"),
        ("warn", "DF-002 Second"),
    ]

    services.change_activity(activity=record, purposes=purposes, by=ed)
    assert [one.text.partition(":")[0] for one in preflight.legal_bases(stridewell, at(), PERIOD)] == ["DF-001 Account"]
