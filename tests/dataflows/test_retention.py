"""Systems kept once, retention rules, disposal runs verified by somebody else, and data past its rule."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from compliance.approvals.services import NotYours
from compliance.ledger import Refused
from controls.models import Evidence
from dataflows import pack_records, panels, preflight, reminders, services
from dataflows.models import DataItem, Node, ProcessingActivity, RetentionRule, System
from dataflows.services.saving import BadValue
from dataflows.spans import later
from dataflows.standing import is_outdated, latest_approvals
from tests.dataflows.test_pack import PERIOD, at
from tests.due import due


@pytest.fixture
def rule(lumaro, email, mara):
    details = {"item": email, "trigger": "last_use", "backup_lag_days": 35, "every_days": 30, "basis": "Coaching"}
    return services.add_rule(organisation=lumaro, name="Inactive accounts", period=24, by=mara, **details)


@pytest.mark.once
@pytest.mark.parametrize(
    ("day", "number", "unit", "then"),
    [
        (date(2026, 1, 31), 1, "months", date(2026, 2, 28)),
        (date(2024, 2, 29), 1, "years", date(2025, 2, 28)),
        (date(2026, 11, 23), 30, "days", date(2026, 12, 23)),
        (date(2026, 1, 1), 10_000, "years", date.max),
    ],
)
def test_a_span_ends_on_the_same_day_or_the_last_of_its_month(day, number, unit, then):
    assert later(day, number, unit) == then


def test_a_system_is_kept_once_and_its_place_holds_on_every_map(lumaro, stridewell, korvo, nimbus, adspire, mara):
    system = services.add_system(organisation=lumaro, name="Training database", operator=nimbus, by=mara)
    nodes = [
        services.add_node(project=project, kind="store", name="Store", system=system, by=mara)
        for project in (stridewell, korvo)
    ]
    assert [(node.party, node.where) for node in nodes] == [(nimbus, "LU"), (nimbus, "LU")]

    services.change_system(system=system, operator=adspire, country="DE", by=mara)

    assert [(node.party, node.where) for node in Node.objects.filter(system=system)] == [(adspire, "DE")] * 2
    with pytest.raises(BadValue, match="people's devices"):
        services.add_node(project=korvo, kind="app", name="App", system=system, by=mara)


def test_a_system_in_use_is_not_taken_out_of_use(lumaro, stridewell, way, propose, mara):
    system = services.add_system(organisation=lumaro, name="Coaching database", by=mara)
    services.change_node(node=way[3], system=system, by=mara)
    flow = propose()
    with pytest.raises(Refused, match="DF-001 still pass Coaching database"):
        services.end_system(system=system, by=mara, reason="Moved")

    services.retire_record(record=flow, by=mara, reason="Gone")
    assert services.end_system(system=system, by=mara, reason="Moved").ended_date is not None
    assert list(System.objects.running()) == []


def test_a_rule_speaks_in_one_line_and_fills_letter_f(lumaro, stridewell, rule, email, ed, dora):
    assert rule.said == "24 months after last use, deleted; backups 35 days later"
    activity = services.draft_activity(
        organisation=lumaro, project=stridewell, name="Accounts", legal_basis="contract", data={email: rule}, by=ed
    )
    services.submit_for_review(record=activity, by=ed)
    services.approve_record(record=activity, by=dora, reason="Clear.")

    services.change_rule(rule=rule, period=12, by=ed, reason="Less is enough")

    row = ProcessingActivity.objects.complete().get()
    assert row.data_rows[0].limit == "12 months after last use, deleted; backups 35 days later (RR-001)"
    assert is_outdated(row, latest_approvals([row])[row.pk]) is True
    with pytest.raises(Refused, match="RA-001 still keep data by RR-001"):
        services.end_rule(rule=rule, by=ed, reason="Old")


@pytest.mark.parametrize("details", [{}, {"category": "email", "item": True}])
def test_a_rule_is_for_one_kind_of_data_or_one_category(lumaro, email, mara, details):
    if details:
        details = {**details, "item": email}
    with pytest.raises(BadValue, match="one kind of data or one category, not both"):
        services.add_rule(organisation=lumaro, name="Bare", period=1, by=mara, **details)


def test_a_run_is_verified_by_somebody_else_and_by_its_proof(lumaro, rule, ed, dora, mara):
    from compliance.ledger import change

    with change(by=mara):
        proof = Evidence(organisation=lumaro, title="Deletion log", shows="What went", kind="log")
        proof.save()
    facts = {"run_date": timezone.now().date(), "scope": "All accounts", "count": 12}
    bare = services.record_run(rule=rule, by=ed, **facts)
    run = services.record_run(rule=rule, by=ed, proof=proof, **facts)
    with pytest.raises(services.NoProof):
        services.verify_run(run=bare, by=dora, reason="Read the log")
    with pytest.raises(NotYours):
        services.verify_run(run=run, by=ed, reason="Mine")

    services.verify_run(run=run, by=dora, reason="Counted them in the log")

    assert (run.verified_by, run.verified_how) == (dora, "Counted them in the log")
    with pytest.raises(Refused, match="verified already"):
        services.verify_run(run=run, by=dora, reason="Again")


def test_data_past_its_rule_shows_everywhere(lumaro, stridewell, rule, ed, mara, sign_in):
    today = timezone.now().date()
    old = today - timedelta(days=900)
    services.record_run(rule=rule, by=ed, run_date=today - timedelta(days=60), scope="All", count=3, oldest_date=old)

    rule = RetentionRule.objects.get()
    assert (rule.oldest_date, rule.gone_by_date, rule.is_overrun(today)) == (old, later(old, 24, "months"), True)
    assert [f.text.partition(":")[0] for f in preflight.gone_in_time(stridewell, at(), PERIOD)] == [
        "RR-001 Inactive accounts"
    ]
    context = pack_records.retention(stridewell, at(), PERIOD)
    assert (context["overrun"], len(context["runs"])) == (["RR-001"], 1)
    numbers = {label: number for label, number, _ in panels.retention_of_organisation(lumaro)["figures"]}
    assert numbers == {
        "Rules in force": 1,
        "Data past its rule": 1,
        "Disposal overdue": 1,
        "Data without a rule": 0,
    }
    said = [(one.title, one.date) for one in due(reminders.retention, lumaro, at())]
    assert said == [
        ("Past its rule: RR-001 Inactive accounts", rule.gone_by_date),
        ("Dispose by RR-001 Inactive accounts", today - timedelta(days=30)),
    ]
    page = sign_in(mara).get(reverse("dataflows:retention_rules", args=[lumaro.slug]), {"due": "overrun"})
    assert (page.context["listing"].total, page.content.decode().count("state-bad")) == (1, 2)
    assert "it had to be gone by" in sign_in(mara).get(rule.get_absolute_url()).content.decode()


def test_a_run_cannot_be_in_the_future_nor_older_than_what_it_left(rule, ed):
    today = timezone.now().date()
    for facts in ({"run_date": today + timedelta(days=2)}, {"oldest_date": today + timedelta(days=1)}):
        with pytest.raises(BadValue):
            services.record_run(rule=rule, by=ed, **({"run_date": today, "scope": "All", "count": 0} | facts))


def test_data_without_a_rule_is_found_by_item_and_by_category(lumaro, rule, email, heart_rate, mara):
    assert list(DataItem.objects.without_rule()) == [heart_rate]
    services.add_rule(organisation=lumaro, name="Health", category="health", period=1, by=mara)
    assert list(DataItem.objects.without_rule()) == []


def test_what_uses_a_system_or_data_stands_on_its_page(lumaro, stridewell, way, propose, rule, email, mara, sign_in):
    system = services.add_system(organisation=lumaro, name="Coaching database", by=mara)
    services.change_node(node=way[3], system=system, by=mara)
    services.change_rule(rule=rule, system=system, by=mara, reason="Only there")
    activity = services.draft_activity(organisation=lumaro, name="Accounts", systems=[system], by=mara)
    flow = propose()

    for record in (system, email):
        uses = sign_in(mara).get(record.get_absolute_url()).context["uses"]
        assert (uses.flows, uses.projects, uses.rules) == ([flow], [stridewell], [rule])
    assert sign_in(mara).get(system.get_absolute_url()).context["uses"].records == [activity]
