"""What packs print of data flows, what holds them back, what overviews and inboxes show: all of it at a moment."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from compliance.ledger.proof.canonical import canonical
from compliance.packs.contents import plain_data
from compliance.packs.registry import Period
from compliance.projects.services import update_organisation
from dataflows import pack_records, pack_sections, panels, preflight, reminders, services
from dataflows import reminders_of_parties as of_parties
from dataflows.models import DataFlow, ProcessingActivity
from dataflows.past import past_activities, past_flows, past_parties
from tests.dataflows.conftest import in_force
from tests.due import due

PERIOD = Period(date(2026, 1, 1), date(2026, 12, 31))
SECTIONS = {
    "processing": pack_records.processing,
    "flows": pack_sections.flows,
    "parties": pack_sections.parties,
    "retention": pack_records.retention,
    "interests": pack_records.interests,
}


@pytest.fixture
def abroad(stridewell, way, adspire, approved, mara):
    """An approved flow to the United States, under contract, by the framework decision."""
    services.change_party(party=adspire, framework_until_date=date(2099, 1, 1), by=mara)
    services.add_contract(party=adspire, name="DPA", signed_date=date(2026, 1, 2), by=mara)
    node = services.node_of_party(project=stridewell, party=adspire, by=mara)
    from dataflows.services import record_transfer, submit_for_review

    def flow(propose, ed, dora):
        made = propose(title="Attribution", path=[way[1], node])
        record_transfer(flow=made, country="US", mechanism="adequacy_dpf_certified", importer=adspire, by=mara)
        submit_for_review(record=made, by=ed)
        return services.approve_record(record=made, by=dora, reason="Certified.")

    return flow


def at() -> datetime:
    return timezone.now()


def texts(found):
    return [(finding.check, str(finding.level), finding.text) for finding in found]


def test_the_past_is_complete_and_stays_as_it_was(stridewell, propose, email, heart_rate, nimbus, way, ed, mara):
    flow = propose()
    then = at()
    services.change_flow(
        flow=flow, title="Other", path=way[:3], items=[heart_rate], article9_condition="explicit_consent", by=ed
    )
    services.change_party(party=nimbus, name="Nimbus Two", by=mara)

    (before,), (now,) = past_flows(stridewell, then), past_flows(stridewell, at())

    assert (before.title, before.path, before.data) == ("Account", "User → App → Coaching API → Database", [email])
    assert (now.title, now.path, now.data) == ("Other", "User → App → Coaching API", [heart_rate])
    assert [party.name for party in past_parties(stridewell, then)] == ["Nimbus"]
    assert before.nodes[2].party.name == "Nimbus"


def test_a_projects_past_has_its_own_records_and_the_shared_ones(stridewell, korvo, lumaro, ed, mara):
    services.draft_activity(organisation=lumaro, project=stridewell, name="Coaching", by=ed)
    services.draft_activity(organisation=lumaro, project=korvo, name="Wallet", by=mara)
    services.draft_activity(organisation=lumaro, name="Payroll", by=mara)

    assert [row.name for row in past_activities(stridewell, at())] == ["Coaching", "Payroll"]
    assert [row.name for row in past_activities(lumaro, at())] == ["Coaching", "Wallet", "Payroll"]


def test_a_scope_without_projects_has_no_past(lumaro):
    assert past_flows(lumaro, at()) == []


@pytest.mark.parametrize(
    ("name", "template"), [("processing", "processing"), ("flows", "flows"), ("parties", "parties")]
)
def test_a_section_is_plain_data_and_prints(
    name, template, stridewell, lumaro, abroad, propose, approved, heart_rate, ed, dora, mara
):
    activity = services.draft_activity(organisation=lumaro, project=stridewell, name="Coaching", by=ed)
    approved(activity=activity, items=[heart_rate], article9_condition="explicit_consent")
    abroad(propose, ed, dora)

    context = SECTIONS[name](stridewell, at(), PERIOD)

    registers = context["registers"]
    assert canonical(plain_data(context))
    assert [len(rows) for rows in registers.values()] == {
        "processing": [1],
        "flows": [2],
        "parties": [2, 2, 42, 0, 0, 1],
    }[name]
    assert "No " not in render_to_string(f"dataflows/pack/{template}.html", dict(context))[:60]


@pytest.mark.parametrize("name", SECTIONS)
def test_an_empty_section_says_so(name, stridewell):
    context = SECTIONS[name](stridewell, at(), PERIOD)

    assert 'class="empty"' in render_to_string(f"dataflows/pack/{name}.html", dict(context))


def test_a_section_tells_the_moment_it_was_asked_for(stridewell, propose, ed):
    flow = propose()
    then = at()
    services.change_flow(flow=flow, title="Later", by=ed)

    assert [row["title"] for row in pack_sections.flows(stridewell, then, PERIOD)["rows"]] == ["Account"]
    assert [row["title"] for row in pack_sections.flows(stridewell, at(), PERIOD)["rows"]] == ["Later"]


def test_a_map_too_large_to_read_is_repeated_by_record(stridewell, lumaro, propose, nimbus, way, mara, ed):
    activity = services.draft_activity(organisation=lumaro, project=stridewell, name="Coaching", by=ed)
    for n in range(24):
        party = services.add_party(organisation=lumaro, name=f"Party {n}", country="DE", service="x", by=mara)
        node = services.node_of_party(project=stridewell, party=party, by=mara)
        propose(title=str(n), path=[way[1], node], activity=activity if n % 2 else None)

    maps = pack_sections.flows(stridewell, at(), PERIOD)["maps"]

    assert [drawn["title"] for drawn in maps] == [
        "Flow map",
        "Flows without a record",
        "RA-001 Coaching",
    ]


def test_pf16_names_the_letters_a_record_lacks(stridewell, lumaro, ed, mara):
    update_organisation(organisation=lumaro, by=mara, address="Leipzig", dpo_name="Dora")
    services.draft_activity(
        organisation=lumaro, project=stridewell, name="Coaching", purposes="x", security_measures="y", by=ed
    )

    assert texts(preflight.every_letter(stridewell, at(), PERIOD)) == [
        (
            "PF16",
            "warn",
            "RA-001 Coaching lacks (c) categories of data subjects, categories of personal data; (d) recipients, or a "
            "flow that shows there are none; (e) flows, from which transfers follow; (f) time limits: choose the "
            "personal data first.",
        )
    ]


def test_pf17_blocks_an_approved_flow_whose_contract_ended(stridewell, approved, nimbus, mara):
    approved()
    assert preflight.contracts_and_mechanisms(stridewell, at(), PERIOD) == []

    yesterday = timezone.localdate() - timedelta(days=1)
    services.change_contract(contract=nimbus.contracts.get(), expires_date=yesterday, by=mara)

    (finding,) = preflight.contracts_and_mechanisms(stridewell, at(), PERIOD)
    assert (finding.check, str(finding.level)) == ("PF17", "block")
    assert finding.text.startswith("DF-001 Account: Nimbus processes the data, but its contract ended on ")
    assert finding.url == reverse("dataflows:flow", args=[stridewell.slug, "DF-001"])


def test_pf17_blocks_a_transfer_whose_mechanism_fell(stridewell, abroad, propose, ed, dora, mara):
    flow = abroad(propose, ed, dora)
    services.change_transfer(transfer=flow.transfers.get(), mechanism="", by=mara, reason="The decision fell.")

    assert texts(preflight.contracts_and_mechanisms(stridewell, at(), PERIOD)) == [
        (
            "PF17",
            "block",
            "DF-001 Attribution: The data reaches United States with no transfer mechanism. GDPR Art. 44.",
        )
    ]


def test_pf18_blocks_an_approved_flow_and_warns_of_a_proposal(stridewell, approved, propose, ed):
    flow = approved()
    services.change_flow(flow=flow, legal_basis="", by=ed, reason="Consent was withdrawn.")
    propose(title="New", legal_basis="")

    assert texts(preflight.legal_bases(stridewell, at(), PERIOD)) == [
        ("PF18", "block", "DF-001 Account: There is no legal basis. GDPR Art. 6(1)."),
        ("PF18", "warn", "DF-002 New (proposed): There is no legal basis. GDPR Art. 6(1)."),
    ]


def test_retired_records_and_flows_are_asked_nothing(stridewell, lumaro, propose, ed):
    flow = propose(legal_basis="")
    activity = services.draft_activity(organisation=lumaro, project=stridewell, name="Coaching", by=ed)
    services.retire_record(record=flow, by=ed, reason="Gone.")
    services.retire_record(record=activity, by=ed, reason="Gone.")

    checks = (preflight.every_letter, preflight.contracts_and_mechanisms, preflight.legal_bases)
    assert [check(stridewell, at(), PERIOD) for check in checks] == [[], [], []]


def test_the_overviews_count_and_lead_to_the_rows(stridewell, lumaro, propose, adspire, ed, mara, sign_in):
    propose()
    propose(title="Bare", legal_basis="")
    services.draft_activity(organisation=lumaro, project=stridewell, name="Coaching", by=ed)

    own = panels.flows_of_project(stridewell)["figures"]
    whole = panels.flows_of_organisation(lumaro)["figures"]

    assert [(label, number) for label, number, _ in own] == [
        ("Flows", 2),
        ("Flows to mend", 1),
        ("Waiting for the DPO", 0),
        ("Records with letters missing", 1),
    ]
    assert whole[-1][:2] == ("Processors without contract", 1)
    browser = sign_in(mara)
    found = [(label, browser.get(url).context["listing"].total) for label, _, url in [*own, *whole]]
    assert found == [(label, number) for label, number, _ in [*own, *whole]]


def test_what_runs_out_within_sixty_days_is_due(
    stridewell, lumaro, abroad, propose, nimbus, adspire, assess, ed, dora, mara, ria
):
    now = datetime(2026, 11, 22, tzinfo=UTC)
    flow, made = abroad(propose, ed, dora), assess(country="US")
    in_force(made, mara, dora, ria, until=date(2026, 10, 1))
    services.change_contract(contract=nimbus.contracts.get(), expires_date=date(2027, 1, 21), by=mara)
    services.change_transfer(transfer=flow.transfers.get(), assessment=made, by=mara, reason="Set.")
    services.change_party(party=adspire, framework_until_date=date(2026, 12, 31), by=mara)
    services.engage(processor=nimbus, sub_processor=adspire, objection_date=date(2026, 12, 1), by=mara)
    services.draft_activity(organisation=lumaro, name="Payroll", review_date=date(2026, 12, 1), by=mara)

    finders = (
        of_parties.contracts,
        of_parties.transfer_assessments,
        of_parties.certificates,
        of_parties.objections,
        reminders.processing_reviews,
    )
    found = [one for find in finders for one in due(find, lumaro, now)]

    assert [(one.title, one.reference, one.state == "overdue") for one in found] == [
        ("The contract with Nimbus ends", "CON-001", False),
        ("The assessment Support desk runs out", "TIA-001", True),
        ("The certification of Adspire ends", "PA-002", False),
        ("Objecting to Adspire at Nimbus is possible until then", "SUB-001", False),
        ("RA-001 Payroll is to be reviewed", "RA-001", False),
    ]
    assert due(of_parties.contracts, lumaro, now - timedelta(days=1)) == []
    assert [one.reference for one in due(of_parties.transfer_assessments, stridewell, now)] == ["TIA-001"]

    services.add_contract(party=nimbus, name="DPA 2", signed_date=date(2026, 1, 16), by=mara)
    assert due(of_parties.contracts, lumaro, now) == []


def test_everything_written_here_is_history(stridewell, approved, lumaro, ed):
    services.draft_activity(organisation=lumaro, project=stridewell, name="Coaching", by=ed)
    flow = approved()

    assert DataFlow.history.filter(id=flow.pk).count() == 3
    assert ProcessingActivity.history.count() == 1


def test_a_control_shows_the_records_it_protects(lumaro, stridewell, mara, ed):
    from compliance.ledger import change
    from controls.models import Control, Implementation

    with change(by=mara):
        control = Control(organisation=lumaro, title="Encryption at rest")
        control.save()
        running = Implementation(organisation=lumaro, control=control, owner=mara)
        running.save()
    own = services.draft_activity(organisation=lumaro, project=stridewell, name="Own", measures=[running], by=ed)
    shared = services.draft_activity(organisation=lumaro, name="Shared", measures=[running], by=mara)

    assert list(panels.processing_of_control(control, user=ed)["rows"]) == [own, shared]
    assert list(panels.processing_of_control(control, user=None)["rows"]) == [shared]


def test_a_shared_record_is_judged_by_the_flows_of_all_projects_and_shows_each_its_own(
    sign_in, lumaro, stridewell, korvo, propose, ed, mara
):
    shared = services.draft_activity(organisation=lumaro, name="Support", by=mara)
    propose(activity=shared)

    (row,) = pack_records.processing(korvo, at(), PERIOD)["rows"]

    assert row["letters"][4]["lines"] == ["None: every place on the way is in the EEA."]
    assert row["flows"] == []
    page = reverse("dataflows:project_activity", args=[korvo.slug, shared.reference])
    assert sign_in(mara).get(page).context["flows"] == []
    assert len(sign_in(mara).get(shared.get_absolute_url()).context["flows"]) == 1


@pytest.mark.parametrize("name", ["processing", "flows", "parties"])
def test_a_section_of_the_organisation_holds_what_its_projects_have(
    name, stridewell, korvo, lumaro, abroad, propose, approved, heart_rate, ed, dora
):
    activity = services.draft_activity(organisation=lumaro, project=stridewell, name="Coaching", by=ed)
    approved(activity=activity, items=[heart_rate], article9_condition="explicit_consent")
    abroad(propose, ed, dora)

    found, alone, other = (plain_data(SECTIONS[name](scope, at(), PERIOD)) for scope in (lumaro, stridewell, korvo))

    assert found["registers"] == alone["registers"]
    assert [len(rows) for rows in other["registers"].values() if rows] == []
