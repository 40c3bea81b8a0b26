"""Contracts row by row, sub-processors, reviews, duties in the cloud; lists that cost the same for many."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from compliance.exchange.models import State
from compliance.exchange.services import confirm
from compliance.ledger import change
from controls.services.control import add_control
from dataflows import clauses, pack_sections, services
from dataflows.checked import score
from dataflows.models import CloudDuty, ContractCheck, Party, SupplierReview, Transfer
from dataflows.services.saving import BadValue, today
from tests.controls.editions import make_edition
from tests.dataflows.test_pack import PERIOD, at
from tests.dataflows.test_pages import count
from tests.exchange.conftest import changes, hand_in, out, rows_of, told

__all__ = ["hand_in"]


def test_the_checklist_has_twenty_one_rows_with_their_articles():
    rows = list(clauses.checklist().values())

    assert [row.number for row in rows] == list(range(1, 22))
    assert [row.article for row in rows[7:15]] == [f"28(3)({letter})" for letter in "abcdefgh"]


def test_answers_are_counted_and_bare_repetition_is_weak(nimbus, ready, mara):
    nimbus = ready(nimbus)
    assert score(nimbus.checks.all()).text == "21 of 21"

    services.answer_checklist(
        party=nimbus,
        answers={
            "audits": {"answer": "partly", "concrete": False},
            "purpose": {"answer": "no"},
            "duration": {"answer": "na", "concrete": True},
        },
        by=mara,
    )

    assert score(nimbus.checks.all()).text == "19 of 21, 1 partly, 1 no; 1 only repeats the article"
    check = ContractCheck.objects.get(party=nimbus, row="duration")
    assert (check.concrete, check.reviewer, check.reviewed_date) == (None, mara, today())
    with pytest.raises(BadValue, match="'colour' is none of the checklist"):
        services.answer_checklist(party=nimbus, answers={"colour": {"answer": "yes"}}, by=mara)


def test_the_checklist_is_answered_on_its_page(sign_in, nimbus, mara):
    page = reverse("dataflows:party_checklist_edit", args=[nimbus.organisation.slug, nimbus.reference])

    answer = sign_in(mara).post(page, {"answer_purpose": "yes", "concrete_purpose": "no", "clause_purpose": "§ 2"})

    assert answer.status_code == 302
    check = ContractCheck.objects.get()
    assert (check.row, check.answer, check.concrete, check.clause) == ("purpose", "yes", False, "§ 2")
    assert sign_in(mara).get(answer["Location"]).status_code == 200


def test_a_review_sees_the_list_of_sub_processors_and_sets_the_next_by_tier(nimbus, ready, adspire, mara):
    nimbus = ready(nimbus)
    services.engage(processor=nimbus, sub_processor=adspire, service="Backup", by=mara)
    with pytest.raises(services.WrongState):
        services.record_review(party=nimbus, basis="Certificate", outcome="satisfactory", by=mara)
    services.move_party(party=nimbus, to="due_diligence", by=mara, reason="Next.")
    with change(by="tests"):
        nimbus.state = "review_due"
        nimbus.save()
    assert [one["name"] for one in services.changed_since(nimbus, None, today())[0]] == ["Adspire"]

    review = services.record_review(party=nimbus, basis="Certificate", outcome="satisfactory", by=mara)

    assert (nimbus.state, nimbus.review_date) == ("active", clauses.next_review(today(), 2))
    assert services.changed_since(nimbus, review, today()) == ([], [])
    services.change_engagement(engagement=nimbus.engages.get(), ended_date=today(), by=mara)
    assert [one["name"] for one in services.changed_since(nimbus, review, today())[1]] == ["Adspire"]
    with pytest.raises(BadValue, match="still to come"):
        services.record_review(
            party=nimbus, basis="x", outcome="satisfactory", held_date=today() + timedelta(days=1), by=mara
        )
    assert SupplierReview.objects.count() == 1


@pytest.mark.once
@pytest.mark.parametrize(
    ("tier", "expected"),
    [(1, date(2025, 2, 28)), (2, date(2026, 2, 28)), (3, date(2027, 2, 28)), (None, date(2025, 2, 28))],
)
def test_the_tier_says_how_often(tier, expected):
    assert clauses.next_review(date(2024, 2, 29), tier) == expected


def test_nobody_engages_itself_and_dates_are_in_order(nimbus, adspire, mara):
    with pytest.raises(BadValue, match="nobody engages itself"):
        services.engage(processor=nimbus, sub_processor=nimbus, by=mara)
    link = services.engage(processor=nimbus, sub_processor=adspire, notice_date=date(2026, 2, 1), by=mara)
    with pytest.raises(BadValue, match="before we were told"):
        services.change_engagement(engagement=link, objection_date=date(2026, 1, 1), by=mara)
    link = nimbus.engages.get()
    services.decide_engagement(engagement=link, accept=False, by=mara, reason="No certificate.")
    assert link.decision == "objected"


def test_eighty_parties_ask_no_more_than_three(sign_in, lumaro, nimbus, ready, mara):
    browser, page = sign_in(mara), reverse("dataflows:parties", args=[lumaro.slug])
    nimbus = ready(nimbus, is_cloud=True)

    def many(names):
        for name in names:
            sub = services.add_party(organisation=lumaro, name=name, country="DE", service="x", by=mara)
            services.add_contract(party=sub, name="DPA", signed_date=date(2026, 1, 1), by=mara)
            services.engage(processor=nimbus, sub_processor=sub, by=mara)

    many(["A", "B", "C"])
    urls = [page, nimbus.get_absolute_url(), f"{nimbus.get_absolute_url()}checklist/"]
    few = [count(browser, url) for url in urls]

    many(map(str, range(76)))

    assert Party.objects.count() == 80
    assert [count(browser, url) for url in urls] == few
    assert few[0] <= 12


@pytest.fixture
def sheets_filled(nimbus, ready, adspire, propose, mara):
    ready(nimbus)
    flow = propose()
    services.record_transfer(flow=flow, country="IN", mechanism="scc_m2_c2p", importer=adspire, by=mara)
    return flow


@pytest.mark.parametrize(("key", "rows"), [("parties", 2), ("contracts", 1), ("contract-checks", 42), ("transfers", 1)])
def test_an_untouched_list_changes_nothing(sheets_filled, lumaro, hand_in, key, rows):
    item = hand_in(key, lumaro, out(key, lumaro, "csv"), "list.csv")

    assert (item.state, told(item), changes(item), item.unchanged) == (State.READ, [], [], rows)


def test_lists_come_back_changed(sheets_filled, lumaro, stridewell, mara, hand_in):
    def changed(key, column, value, row=1):
        rows = rows_of(out(key, lumaro))
        rows[row][rows[0].index(column)] = value
        return hand_in(key, lumaro, rows)

    assert told(changed("parties", "Tier", "9"))[0][0] == 2
    assert told(changed("contracts", "Ends on", "2020-01-01")) == [
        (2, "Ends on", "The contract ends before it is signed: change one of the two days.")
    ]
    assert told(changed("transfers", "To", "Germany"))[0][1:] == (
        "To",
        "Germany is in the EEA, so nothing is transferred.",
    )
    for item in (
        changed("parties", "Service", "Hosting in Luxembourg"),
        changed("contracts", "Breach notice, hours", 24),
        changed("contract-checks", "Concrete", "no"),
        changed("transfers", "Fallback", "Binding corporate rules, Art.\N{NO-BREAK SPACE}47"),
    ):
        assert (told(item), item.changed) == ([], 1)
        confirm(item=item, reason="Workshop", by=mara)

    nimbus = Party.objects.get(name="Nimbus")
    assert (nimbus.service, nimbus.contracts.get().breach_hours) == ("Hosting in Luxembourg", 24)
    assert ContractCheck.objects.filter(party=nimbus, concrete=False).count() == 1
    assert Transfer.objects.get().fallback_mechanism == "bcr_47"


def test_duties_in_the_cloud_are_divided_and_printed(sign_in, approved, lumaro, stridewell, nimbus, mara):
    approved()
    services.change_party(party=nimbus, is_cloud=True, by=mara)
    control = add_control(organisation=lumaro, title="Monitoring", by=mara)
    topics = list(make_edition("cloud").requirements.order_by("position")[:2])
    services.divide_duties(
        party=nimbus,
        duties={topics[0]: {"split": "shared", "control": control}, topics[1]: {"split": "provider", "note": "Report"}},
        by=mara,
    )
    rows = pack_sections.parties(stridewell, at(), PERIOD)["duties"]
    assert [(row["who"], row["control"]) for row in rows] == [
        ("Both, each a part", control.reference),
        ("The provider does it", ""),
    ]
    services.divide_duties(party=nimbus, duties={topics[1]: {"split": ""}}, by=mara)
    assert CloudDuty.objects.count() == 1
