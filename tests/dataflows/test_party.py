"""Parties from request to end."""

from datetime import date

import pytest

from compliance.ledger import Refused
from dataflows import services
from dataflows.models import Party
from dataflows.services.saving import BadValue

ALLOWED = [(start, end) for start, ends in Party.MOVES.items() for end in ends]
FORBIDDEN = [(start, end) for start in Party.State for end in Party.State if end not in Party.MOVES[start]]


def put(party, state, by):
    """Walk a party to a state along the shortest way."""
    ways = {"requested": []}
    for start in Party.State:
        for end in Party.MOVES[start]:
            if start in ways and end not in ways:
                ways[end] = [*ways[start], end]
    for step in ways[state]:
        services.move_party(party=party, to=step, by=by, reason="Next.")


@pytest.mark.parametrize(("start", "end"), ALLOWED)
def test_a_party_goes_its_way(nimbus, mara, start, end):
    put(nimbus, start, mara)

    services.move_party(party=nimbus, to=end, by=mara, reason="Because.")

    assert Party.objects.get(pk=nimbus.pk).state == end


@pytest.mark.parametrize(("start", "end"), FORBIDDEN)
def test_a_party_skips_nothing(nimbus, mara, start, end):
    put(nimbus, start, mara)

    with pytest.raises(services.WrongState):
        services.move_party(party=nimbus, to=end, by=mara, reason="Because.")

    assert Party.objects.get(pk=nimbus.pk).state == start


def test_a_move_needs_a_reason(nimbus, mara):
    with pytest.raises(Refused, match="Say why Nimbus becomes due diligence"):
        services.move_party(party=nimbus, to="due_diligence", by=mara, reason=" ")


def test_a_processor_without_contract_is_not_approved(adspire, mara):
    put(adspire, "contract", mara)

    with pytest.raises(services.NoContract) as refusal:
        services.move_party(party=adspire, to="approved", by=mara, reason="We need it.")

    assert str(refusal.value) == (
        "Adspire processes data for us and has no contract in force: enter the contract first."
    )


def test_a_recipient_needs_no_contract(adspire, mara):
    services.change_party(party=adspire, role="recipient", by=mara)
    put(adspire, "contract", mara)

    services.move_party(party=adspire, to="approved", by=mara, reason="An authority.")

    assert adspire.state == "approved"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"country": "XX"}, "Country of its seat: Value 'XX' is not a valid choice."),
        ({"name": "Adspire"}, "There is a party of this name already: open that one."),
        (
            {"contract_expires_date": date(2020, 1, 1)},
            "Contract ends on: the contract ends before it is signed; change one of the two days.",
        ),
        ({"colour": "red"}, "party has no field colour to set."),
        ({"state": "active"}, "party has no field state to set."),
    ],
)
def test_a_bad_value_is_named_and_nothing_is_stored(nimbus, adspire, mara, fields, said):
    with pytest.raises(BadValue) as refusal:
        services.change_party(party=nimbus, by=mara, **fields)

    assert str(refusal.value) == said
    assert Party.objects.get(pk=nimbus.pk).name == "Nimbus"


def test_processors_without_a_contract_are_found_by_day(lumaro, nimbus, adspire, mara):
    services.change_party(party=nimbus, contract_expires_date=date(2026, 6, 30), by=mara)

    assert list(Party.objects.without_contract(date(2026, 6, 30))) == [adspire]
    assert list(Party.objects.without_contract(date(2026, 7, 1))) == [adspire, nimbus]


def test_references_are_never_used_again(lumaro, nimbus, adspire):
    assert [nimbus.reference, adspire.reference] == ["PA-001", "PA-002"]
