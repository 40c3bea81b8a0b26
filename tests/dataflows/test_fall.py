"""A mechanism falls: one page lists what rested on it, packs are blocked, each flow is settled."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from compliance.packs.registry import Period
from dataflows import preflight, services
from dataflows import reminders_of_parties as reminders
from dataflows.falling import Basis, affected, basis_of
from dataflows.models import FallCase, Party, Transfer
from dataflows.services.saving import BadValue, today
from tests.due import due

ADEQUACY = Basis("adequacy", country="GB")
PERIOD = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def british(lumaro, stridewell, way, approved, propose, mara, ed, dora):
    """An approved flow to the United Kingdom by its adequacy decision, with clauses as a fallback."""
    party = services.add_party(organisation=lumaro, name="Pingloom", country="GB", service="Push", by=mara)
    services.add_contract(party=party, name="DPA", signed_date=date(2026, 1, 1), by=mara)
    node = services.node_of_party(project=stridewell, party=party, by=mara)
    record = services.draft_activity(organisation=lumaro, project=stridewell, name="Push", by=ed)
    flow = propose(title="Push", path=[way[1], node], activity=record)
    details = {"country": "GB", "mechanism": "adequacy_45", "importer": party}
    services.record_transfer(flow=flow, fallback_mechanism="scc_m2_c2p", by=mara, **details)
    services.submit_for_review(record=flow, by=ed)
    return services.approve_record(record=flow, by=dora, reason="As described.")


def test_what_would_be_left_is_on_one_page(sign_in, lumaro, british, propose, mara):
    propose()
    page = reverse("dataflows:affected_by", args=[lumaro.slug, "adequacy:GB"])

    shown = sign_in(mara).get(page).context

    assert [(flow.reference, [one.reference for one in rows]) for flow, rows in shown["rows"]] == [
        ("DF-001", ["TR-001"])
    ]
    assert [one.name for one in shown["parties"]] == ["Pingloom"]
    assert [one.name for one in shown["records"]] == ["Push"]
    assert [one.name for one in shown["projects"]] == ["Stridewell"]
    assert shown["bare"] == 0
    overview = sign_in(mara).get(reverse("dataflows:falls", args=[lumaro.slug])).context
    found = {row["basis"].title: (row["flows"], row["ends"]) for row in overview["rows"]}
    assert found["Adequacy decision for United Kingdom"] == (1, date(2031, 12, 27))


@pytest.mark.parametrize("key", ["adequacy:ZZ", "mechanism:none:", "certificate:PA-999", "contract:CON-999", "x", ":"])
def test_what_nobody_knows_is_not_found(sign_in, lumaro, mara, key):
    assert basis_of(lumaro, key) is None
    assert sign_in(mara).get(reverse("dataflows:affected_by", args=[lumaro.slug, key])).status_code == 404


def test_a_fallen_decision_blocks_packs_until_the_fallback_takes_over(
    british, lumaro, stridewell, assess, mara, dora, ria
):
    from tests.dataflows.conftest import in_force

    def found():
        return [one.text for one in preflight.contracts_and_mechanisms(stridewell, timezone.now(), PERIOD)]

    assert found() == []
    fall = services.record_fall(
        organisation=lumaro, basis=ADEQUACY, fell_date=today(), source="Judgement of today", by=mara
    )
    (text,) = found()
    assert text.startswith("DF-001 Push: What the transfer to United Kingdom rests on fell on ")
    assert "module 2" in text
    assert [one.title for one in due(reminders.fallen_mechanisms, lumaro, timezone.now())] == [
        "What DF-001 Push rests on falls"
    ]

    case = FallCase.objects.get(fall=fall)
    services.settle_case(case=case, action="fallback", by=mara, reason="Clauses signed.")
    transfer = Transfer.objects.get()
    assert (transfer.mechanism, transfer.fell_date) == ("scc_m2_c2p", None)
    assert found() == ["DF-001 Push: The transfer to United Kingdom has not been assessed. GDPR Art. 46."]
    made = in_force(assess(country="GB"), mara, dora, ria)
    services.change_transfer(transfer=transfer, assessment=made, by=mara, reason="Assessed.")
    assert found() == []
    assert due(reminders.fallen_mechanisms, lumaro, timezone.now()) == []


def test_an_announced_fall_is_reminded_of_before_it_blocks(british, lumaro, stridewell, mara):
    later = today() + timedelta(days=30)
    services.record_fall(organisation=lumaro, basis=ADEQUACY, fell_date=later, source="Announced", by=mara)

    assert preflight.contracts_and_mechanisms(stridewell, timezone.now(), PERIOD) == []
    assert [one.date for one in due(reminders.fallen_mechanisms, stridewell, timezone.now())] == [later]


def test_a_decision_known_to_end_is_announced(british, lumaro):
    near = timezone.now().replace(year=2031, month=12, day=1)

    assert [one.title for one in reminders.adequacy(lumaro, near)] == ["The adequacy decision for United Kingdom ends"]
    assert list(reminders.adequacy(lumaro, timezone.now())) == []


def test_a_contract_and_a_certificate_end_with_the_day_before(british, lumaro, stridewell, mara):
    party = Party.objects.get(name="Pingloom")
    basis = Basis("contract", contract=party.contracts.get())
    assert [flow.reference for flow, _ in affected(lumaro, basis)] == ["DF-001"]

    services.record_fall(organisation=lumaro, basis=basis, fell_date=today(), source="Notice", by=mara)

    assert party.contracts.get().expires_date == today() - timedelta(days=1)
    (finding,) = preflight.contracts_and_mechanisms(stridewell, timezone.now(), PERIOD)
    assert "its contract ended on" in finding.text
    services.record_fall(
        organisation=lumaro, basis=Basis("certificate", party=party), fell_date=today(), source="List", by=mara
    )
    assert Party.objects.get(pk=party.pk).framework_until_date == today() - timedelta(days=1)


def test_a_case_is_settled_by_what_really_happened(british, lumaro, mara):
    fall = services.record_fall(organisation=lumaro, basis=ADEQUACY, fell_date=today(), source="Judgement", by=mara)
    case = FallCase.objects.get(fall=fall)
    with pytest.raises(services.WrongState, match="give it another mechanism first"):
        services.settle_case(case=case, action="replaced", by=mara, reason="Done.")
    with pytest.raises(BadValue):
        services.settle_case(case=case, action="magic", by=mara, reason="Done.")

    services.settle_case(case=case, action="unaffected", by=mara, reason="Another decision covers it.")

    assert Transfer.objects.get().fell_date is None


def test_a_fall_is_recorded_and_settled_by_its_pages(sign_in, british, lumaro, mara):
    browser = sign_in(mara)
    add = reverse("dataflows:fall_add", args=[lumaro.slug, "adequacy:GB"])
    answer = browser.post(add, {"fell_date": str(today()), "source": "Judgement"})
    page = answer["Location"]
    assert browser.get(page).context["open"] == 1

    browser.post(
        f"{page}settle/", {"step": "settle", "flow": "DF-001", "action": "suspended", "reason": "Switched off."}
    )
    browser.post(f"{page}settle/", {"step": "settle", "flow": "DF-999", "action": "suspended", "reason": "x"})

    case = FallCase.objects.get()
    assert (case.action, case.note, browser.get(page).context["open"]) == ("suspended", "Switched off.", 0)
