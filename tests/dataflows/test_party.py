"""Parties from request to end, and what each step asks for."""

from datetime import date

import pytest

from compliance.approvals.services import NotYours
from compliance.ledger import Refused, change
from dataflows import services
from dataflows.models import Party
from dataflows.onboarding import missing
from dataflows.services.saving import BadValue, today

MOVES = Party.MOVES
APPROVED = Party.State.APPROVED
ALLOWED = [(start, end) for start, ends in MOVES.items() for end in ends if end != APPROVED]
FORBIDDEN = [(start, end) for start in Party.State for end in Party.State if end not in MOVES[start]]
DONE = {"exit_done": "deleted", "exit_date": date(2026, 1, 1), "exit_proof": "EV-0001"}


def put(party, state):
    """A party as it would be in a state, whatever came before."""
    party = Party.objects.get(pk=party.pk)
    with change(by="tests"):
        party.state = state
        for name, value in DONE.items():
            setattr(party, name, value)
        party.save()
    return party


def test_a_party_goes_its_way(nimbus, ready, mara):
    nimbus = ready(nimbus)
    for start, end in ALLOWED:
        party = put(nimbus, start)

        services.move_party(party=party, to=end, by=mara, reason="Because.")

        assert Party.objects.get(pk=nimbus.pk).state == end


def test_a_party_skips_nothing(nimbus, ready, mara):
    nimbus = ready(nimbus)
    for start, end in FORBIDDEN:
        party = put(nimbus, start)

        with pytest.raises(services.WrongState):
            services.move_party(party=party, to=end, by=mara, reason="Because.")

        assert Party.objects.get(pk=nimbus.pk).state == start


def test_a_move_needs_a_reason(nimbus, mara):
    with pytest.raises(Refused, match="Say why Nimbus becomes due diligence"):
        services.move_party(party=nimbus, to="due_diligence", by=mara, reason=" ")


def said(party, to, blocks=True):
    found = missing(Party.objects.complete().get(pk=party.pk), to, today())
    return [one.text for one in found if one.blocks == blocks]


def test_each_step_names_what_it_lacks(adspire, mara):
    assert said(adspire, "due_diligence") == []
    assert said(adspire, "approved") == [
        "Write down what shows that it gives sufficient guarantees.",
        "Give it a tier: how often it is reviewed follows from it.",
        "Adspire processes data for us and has no contract in force: enter the contract first.",
        "The checklist of the contract is open: answer 21 of 21 rows.",
        "It sits in United States: a transfer assessment of it has to be in force.",
    ]
    with pytest.raises(services.NotReady) as refusal:
        services.move_party(party=put(adspire, "due_diligence"), to="contract", by=mara, reason="Next.")
    assert str(refusal.value) == " ".join(said(adspire, "contract"))


def test_what_the_contract_leaves_open_or_repeats_is_told(nimbus, ready, mara):
    nimbus = ready(nimbus, parent_country="US")
    services.answer_checklist(
        party=nimbus,
        answers={
            "audits": {"answer": "no"},
            "breach_notice": {"answer": "no"},
            "security": {"answer": "yes", "concrete": False},
            "purpose": {"answer": ""},
        },
        by=mara,
    )

    assert said(nimbus, "approved") == [
        "The checklist of the contract is open: answer row 4.",
        "The contract does not settle row 15, information and audits.",
    ]
    assert said(nimbus, "approved", blocks=False) == [
        "Only repeats the article in row 10.",
        "Its parent company sits in United States: assess whether that reaches the data.",
    ]


def test_a_seat_abroad_needs_an_assessment_in_force(adspire, ready, assess, mara, ria, dora):
    from tests.dataflows.conftest import in_force

    adspire = ready(adspire)
    services.add_contract(party=adspire, name="DPA", signed_date=date(2026, 1, 1), by=mara)
    assert said(adspire, "approved") == ["It sits in United States: a transfer assessment of it has to be in force."]

    in_force(assess(country="US", importer=adspire), mara, dora, ria)
    assert said(adspire, "approved") == []


def test_a_recipient_needs_no_contract(nimbus, mara):
    services.change_contract(contract=nimbus.contracts.get(), expires_date=date(2026, 2, 1), by=mara)
    services.change_party(party=nimbus, role="recipient", by=mara)

    assert said(nimbus, "approved") == []


def test_somebody_who_prepared_none_of_it_approves_and_a_change_asks_again(nimbus, ready, mara, dora, ria):
    nimbus = put(ready(nimbus), "contract")
    with pytest.raises(services.WrongState, match="has to be put forward"):
        services.approve_party(party=nimbus, by=dora, reason="Fine.")
    services.put_party_forward(party=nimbus, by=ria)
    with pytest.raises(NotYours):
        services.approve_party(party=nimbus, by=mara, reason="Fine.")

    nimbus = services.approve_party(party=nimbus, by=dora, reason="Fine.")

    assert (nimbus.state, nimbus.authors, nimbus.review_date is not None) == ("approved", [], True)
    services.move_party(party=nimbus, to="active", by=mara, reason="In use.")
    with pytest.raises(services.WrongState, match="nothing to approve"):
        services.put_party_forward(party=nimbus, by=mara)
    services.change_party(party=nimbus, parent_country="US", by=mara)
    services.put_party_forward(party=nimbus, by=mara)
    assert services.approve_party(party=nimbus, by=dora, reason="Seen.").state == "active"


def test_a_party_sent_back_waits_for_nobody(nimbus, ready, mara, dora):
    nimbus = put(ready(nimbus), "contract")
    services.put_party_forward(party=nimbus, by=mara)
    services.send_party_back(party=nimbus, by=dora, reason="Annex missing.")

    with pytest.raises(services.WrongState):
        services.approve_party(party=nimbus, by=dora, reason="Fine.")


def test_a_party_ends_with_proof_and_without_flows(propose, nimbus, ed, mara):
    flow, nimbus = propose(), put(nimbus, "offboarding")
    with change(by="tests"):
        nimbus.exit_proof = ""
        nimbus.save()
    assert said(nimbus, "ended") == [
        "Say what became of the data, on which day that was confirmed, and what proves it.",
        "Data still flows to it: retire DF-001 first.",
    ]
    services.retire_record(record=flow, by=ed, reason="Gone.")
    services.confirm_exit(
        party=nimbus, done="both", on=date(2026, 1, 2), proof="Letter", by=mara, reason="Export, then deleted."
    )

    services.move_party(party=Party.objects.get(pk=nimbus.pk), to="ended", by=mara, reason="Over.")

    assert Party.objects.get(pk=nimbus.pk).state == "ended"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"country": "XX"}, "Country of its seat: Value 'XX' is not a valid choice."),
        ({"name": "Adspire"}, "There is a party of this name already: open that one."),
        ({"colour": "red"}, "party has no field colour to set."),
        ({"state": "active"}, "party has no field state to set."),
    ],
)
def test_a_bad_value_is_named_and_nothing_is_stored(nimbus, adspire, mara, fields, told):
    with pytest.raises(BadValue) as refusal:
        services.change_party(party=nimbus, by=mara, **fields)

    assert str(refusal.value) == told
    assert Party.objects.get(pk=nimbus.pk).name == "Nimbus"


def test_a_contract_ends_after_it_is_signed(nimbus, mara):
    with pytest.raises(BadValue, match="Ends on: the contract ends before it is signed"):
        services.change_contract(contract=nimbus.contracts.get(), expires_date=date(2020, 1, 1), by=mara)


def test_processors_without_a_contract_are_found_by_day(lumaro, nimbus, adspire, mara):
    services.end_contract(contract=nimbus.contracts.get(), on=date(2026, 6, 30), by=mara, reason="Given notice.")

    assert list(Party.objects.without_contract(date(2026, 6, 30))) == [adspire]
    assert list(Party.objects.without_contract(date(2026, 7, 1))) == [adspire, nimbus]


def test_references_are_never_used_again(lumaro, nimbus, adspire):
    assert [nimbus.reference, adspire.reference] == ["PA-001", "PA-002"]
