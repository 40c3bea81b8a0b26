"""What is wrong with a flow, asked on a day."""

from datetime import date

import pytest

from dataflows import services
from dataflows.models import DataFlow
from dataflows.problems import problems
from dataflows.totals import flawed
from tests.dataflows.conftest import in_force

ON = date(2026, 11, 22)


def said(flow, on=ON):
    """What is wrong in words; the database finds the same flows wrong."""
    found = [problem.text for problem in problems(DataFlow.objects.complete().get(pk=flow.pk), on)]
    assert flawed(DataFlow.objects.present().filter(pk=flow.pk), on).exists() == bool(found)
    return found


@pytest.fixture
def abroad(stridewell, lumaro, way, propose, mara):
    """A flow to a party in a country, which has a contract."""

    def flow_to(country, **details):
        party = services.add_party(
            organisation=lumaro,
            name="Far Away",
            country=country,
            service="Support",
            by=mara,
        )
        services.add_contract(party=party, name="DPA", signed_date=date(2026, 1, 1), by=mara)
        node = services.node_of_party(project=stridewell, party=party, by=mara)
        return propose(path=[way[1], node], **details)

    return flow_to


def test_a_flow_in_order_has_no_problem(propose):
    assert said(propose()) == []


def test_a_processor_needs_a_contract(propose, nimbus, mara):
    flow = propose()
    services.change_contract(contract=nimbus.contracts.get(), signed_date=None, by=mara)

    assert said(flow) == ["Nimbus processes the data, but no contract is signed."]


def test_a_contract_that_ended_is_none(propose, nimbus, mara):
    flow = propose()
    services.change_contract(contract=nimbus.contracts.get(), expires_date=date(2026, 11, 21), by=mara)

    assert said(flow, date(2026, 11, 21)) == []
    assert said(flow) == ["Nimbus processes the data, but its contract ended on 21 Nov 2026."]


def test_a_country_outside_the_eea_needs_a_mechanism(abroad):
    assert said(abroad("IN")) == ["The data reaches India with no transfer mechanism."]


def test_a_country_within_the_eea_needs_none(abroad):
    assert said(abroad("NO")) == []


def test_an_adequacy_decision_holds_from_its_day(abroad, mara):
    flow = abroad("BR")
    services.record_transfer(flow=flow, country="BR", mechanism="adequacy_45", by=mara)

    assert said(flow, date(2026, 1, 25)) == ["No adequacy decision holds for Brazil on 25 Jan 2026."]
    assert said(flow, date(2026, 1, 26)) == []


def test_an_adequacy_decision_ends(abroad, mara):
    flow = abroad("GB")
    services.record_transfer(flow=flow, country="GB", mechanism="adequacy_45", by=mara)

    assert said(flow) == []
    assert said(flow, date(2031, 12, 28)) == ["No adequacy decision holds for United Kingdom on 28 Dec 2031."]


def test_standard_clauses_need_an_assessment_that_has_not_run_out(abroad, assess, mara, ria, dora):
    flow = abroad("IN")
    transfer = services.record_transfer(flow=flow, country="IN", mechanism="scc_m2_c2p", by=mara)
    assert said(flow) == ["The transfer to India has not been assessed."]

    made = assess(country="IN")
    services.change_transfer(transfer=transfer, assessment=made, by=mara)
    assert said(flow) == ["The assessment of the transfer to India, TIA-001, is not in force."]

    in_force(made, mara, dora, ria, until=ON)
    assert said(flow) == []
    assert said(flow, date(2026, 11, 23)) == ["The assessment of the transfer to India ran out on 22 Nov 2026."]


def test_an_assessment_may_say_no(abroad, assess, mara, ria, dora):
    flow, made = abroad("IN"), assess(country="IN", result="not_allowed")
    services.record_transfer(flow=flow, country="IN", mechanism="scc_m2_c2p", assessment=made, by=mara)
    in_force(made, mara, dora, ria)

    assert said(flow) == ["The assessment of the transfer to India says: not allowed."]


def test_the_decision_for_the_united_states_covers_certified_companies_only(abroad, mara):
    flow = abroad("US")
    details = {"country": "US", "mechanism": "adequacy_dpf_certified"}
    transfer = services.record_transfer(flow=flow, by=mara, **details)
    assert said(flow) == [
        "The decision for United States covers certified companies only, and nobody is named as importer."
    ]

    importer = flow.stop_rows[-1].node.party if hasattr(flow, "stop_rows") else flow.stops.last().node.party
    services.change_transfer(transfer=transfer, importer=importer, by=mara)
    assert said(flow) == [
        "The decision for United States covers certified companies only, and no certification of Far Away is on record."
    ]

    services.change_party(party=importer, framework_until_date=ON, by=mara)
    assert said(flow) == []
    assert said(flow, date(2026, 11, 23)) == ["The certification of Far Away ended on 22 Nov 2026."]
    assert said(flow, date(2021, 1, 1))[-1] == "No adequacy decision holds for United States on 1 Jan 2021."


def test_a_derogation_is_not_for_systematic_use(abroad, mara):
    flow = abroad("IN")
    transfer = services.record_transfer(flow=flow, country="IN", mechanism="explicit_consent", by=mara)
    assert said(flow) == ["The transfer to India happens again and again, but a derogation is not for systematic use."]

    services.change_transfer(transfer=transfer, repetitive=False, by=mara)
    assert said(flow) == []


def test_joint_controllers_need_an_arrangement(propose, nimbus, mara):
    flow = propose()
    services.change_party(party=nimbus, role="joint_controller", by=mara)
    assert said(flow) == ["Nimbus decides with us, but no arrangement is in force."]

    services.add_contract(party=nimbus, kind="joint", name="Arrangement", signed_date=date(2026, 1, 1), by=mara)
    assert said(flow) == []


def test_reading_from_abroad_is_a_transfer_too(propose, mara):
    flow = propose()
    services.record_transfer(flow=flow, country="PH", remote_access=True, by=mara)

    assert said(flow) == ["The data reaches Philippines with no transfer mechanism."]


def test_a_flow_needs_a_legal_basis(propose):
    assert said(propose(legal_basis="")) == ["There is no legal basis."]


def test_legitimate_interests_are_named_and_balanced(propose):
    assert said(propose(legal_basis="legitimate_interests")) == [
        "It rests on legitimate interests, but names neither interest nor balancing."
    ]
    assert said(propose(legal_basis="legitimate_interests", legitimate_interests="Stability, LIA-001")) == []


def test_special_categories_need_a_condition(propose, heart_rate):
    assert said(propose(items=[heart_rate])) == ["It carries special categories (Heart rate) without a condition."]
    assert said(propose(items=[heart_rate], article9_condition="explicit_consent")) == []


def test_what_leaves_the_device_is_protected_or_it_warns(propose, way):
    assert said(propose(protection="")) == ["It leaves the device and has no protection stated."]
    assert said(propose(protection="none")) == ["It leaves the device and is not protected on its way."]
    assert said(propose(protection="", path=way[:2])) == []


def test_a_place_without_a_country_warns(propose, way, stridewell, mara):
    node = services.add_node(project=stridewell, kind="store", name="Archive", by=mara)

    assert said(propose(path=[way[2], node])) == ["Nobody has said in which country Archive is."]


def test_nothing_is_wrong_with_what_has_ended(propose, ed):
    flow = propose(legal_basis="")
    services.retire_record(record=flow, by=ed, reason="Never built.")

    assert said(flow) == []
