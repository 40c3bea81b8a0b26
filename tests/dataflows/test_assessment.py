"""Transfer assessments: six steps, an opinion, a decision by somebody else, repeated in time."""

from datetime import date

import pytest
from django.template.loader import render_to_string

from compliance.approvals.services import NotYours
from compliance.ledger.proof.canonical import canonical
from compliance.packs.contents import plain_data
from dataflows import pack_parties, services
from dataflows.models import ASSESSMENT_MOVES, AssessmentState, Transfer, TransferAssessment
from dataflows.services.assessment import _move
from dataflows.services.saving import BadValue
from tests.dataflows.conftest import in_force
from tests.dataflows.test_pack import PERIOD, at


def test_every_move_is_in_the_table_and_every_other_is_refused(assess):
    made = assess()
    for start in AssessmentState.values:
        for end in AssessmentState.values:
            made.state = start
            if end in ASSESSMENT_MOVES[start]:
                continue
            with pytest.raises(services.WrongState):
                _move(made, end)


def test_it_goes_from_draft_to_opinion_to_decision(assess, mara, dora, ria):
    made = assess()
    services.submit_assessment(assessment=made, by=mara)
    with pytest.raises(NotYours):
        services.give_opinion(assessment=made, by=mara, reason="Mine.")
    with pytest.raises(services.WrongState, match="the opinion of the data protection officer comes first"):
        services.approve_assessment(assessment=made, by=ria, reason="Early.")
    services.give_opinion(assessment=made, by=dora, reason="Plausible.")
    for person in (mara, dora):
        with pytest.raises(NotYours):
            services.approve_assessment(assessment=made, by=person, reason="Mine.")

    services.approve_assessment(assessment=made, by=ria, reason="As assessed.")

    found = TransferAssessment.objects.get()
    assert (found.state, found.opinion, found.opinion_by, found.approved_at is not None) == (
        "in_force",
        "Plausible.",
        dora,
        True,
    )
    with pytest.raises(services.WrongState, match="repeat the one in force"):
        services.change_assessment(assessment=found, title="Other", by=mara)


@pytest.mark.parametrize("back", ["dpo_opinion", "decision"])
def test_it_is_sent_back_from_either(assess, mara, dora, back):
    made = assess()
    services.submit_assessment(assessment=made, by=mara)
    if back == "decision":
        services.give_opinion(assessment=made, by=dora, reason="Plausible.")

    services.send_assessment_back(assessment=made, by=dora, reason="The practice is thin.")

    assert TransferAssessment.objects.get().state == "draft"


def test_what_lacks_a_step_is_not_put_forward(assess, mara):
    made = assess(practice="", result="ok_with_measures")

    with pytest.raises(services.NotComplete) as refusal:
        services.submit_assessment(assessment=made, by=mara)

    assert str(refusal.value) == "TIA-001 lacks 3, the practice; 4, the measures it is possible with."


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"country": "DE"}, "Destination: Germany is in the EEA, so nothing is transferred."),
        ({"measures": ["magic"]}, "Supplementary measures: 'magic' is not one of encryption_keys_in_eea, "),
    ],
)
def test_a_bad_value_is_named(assess, fields, told):
    with pytest.raises(BadValue) as refusal:
        assess(**fields)

    assert str(refusal.value).startswith(told)


def test_a_repeated_one_takes_the_transfers_over(assess, propose, mara, dora, ria):
    first, flows = in_force(assess(), mara, dora, ria), [propose(), propose(title="Other")]
    for flow in flows:
        services.record_transfer(flow=flow, country="IN", mechanism="scc_m2_c2p", assessment=first, by=mara)

    second = services.repeat_assessment(assessment=first, by=mara)
    services.change_assessment(
        assessment=second, expires_date=date(2099, 2, 2), result="no_obstacle", conclusion="Still.", by=mara
    )
    assert [one.assessment for one in Transfer.objects.all()] == [first, first]
    in_force(second, mara, dora, ria)

    assert [one.assessment for one in Transfer.objects.all()] == [second, second]
    assert [one.state for one in TransferAssessment.objects.order_by("reference")] == ["superseded", "in_force"]
    with pytest.raises(services.WrongState):
        services.repeat_assessment(assessment=TransferAssessment.objects.get(pk=first.pk), by=mara)


def test_its_pages_lead_from_draft_to_force(sign_in, lumaro, assess, mara, dora, ria):
    made = assess()
    page = made.get_absolute_url()
    sign_in(mara).post(f"{page}step/", {"step": "submit"})
    sign_in(dora).post(f"{page}opinion/", {"step": "opinion", "reason": "Plausible."})
    assert sign_in(dora).post(f"{page}decision/", {"step": "approve", "reason": "x"}).status_code == 403
    sign_in(ria).post(f"{page}decision/", {"step": "approve", "reason": "As assessed."})

    shown = sign_in(mara).get(page).context
    assert (shown["assessment"].state, shown["approval"].decided_by) == ("in_force", ria)


def test_a_pack_prints_the_six_steps_where_there_are_any(stridewell, lumaro, assess, propose, mara, dora, ria):
    assert pack_parties.transfer_assessments(stridewell, at(), PERIOD) is None
    made = in_force(assess(measures=["pseudonymisation"]), mara, dora, ria)
    services.record_transfer(flow=propose(), country="IN", mechanism="scc_m2_c2p", assessment=made, by=mara)

    for scope in (stridewell, lumaro):
        context = pack_parties.transfer_assessments(scope, at(), PERIOD)
        (row,) = context["rows"]
        assert canonical(plain_data(context))
        assert (row["reference"], row["approved_by"], row["holds"]) == ("TIA-001", str(ria), True)
        assert "Pseudonymised before it leaves" in render_to_string(
            "dataflows/pack/transfer_assessments.html", dict(context)
        )
    (transfer,) = pack_parties.parties(stridewell, at(), PERIOD)["transfers"]
    assert (transfer["assessment"], transfer["to_mend"]) == ("TIA-001", "")
