"""Data, systems, rules and records as spreadsheets: out and back unchanged, changed by a line, refused by its cell."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from compliance.approvals.models import Approval
from compliance.approvals.snapshot import snapshot
from compliance.exchange.models import State
from compliance.exchange.registry import sheets
from compliance.exchange.services import confirm
from compliance.exchange.writing import table
from compliance.ledger import change
from dataflows import services
from dataflows.approved import approved
from dataflows.models import ActivityData, ActivityPurpose, DataItem, ProcessingActivity, RetentionRule, System
from dataflows.services import Purpose
from dataflows.standing import PURPOSE
from tests.exchange.conftest import changes, hand_in, out, rows_of, told
from tests.queries import count

__all__ = ["hand_in"]
KEYS = ("data-items", "systems", "retention-rules", "processing")


@pytest.fixture
def filled(lumaro, stridewell, email, heart_rate, nimbus, ed, mara):
    """A record with everything a line can say, and one that says little."""
    system = services.add_system(
        organisation=lumaro, name="Store | two", operator=nimbus, region="eu-1", kind="log", by=mara
    )
    rule = services.add_rule(organisation=lumaro, name="Old", item=email, system=system, period=2, by=mara)
    weighed = services.draft_interest(organisation=lumaro, title="Crashes", by=ed)
    purposes = [
        Purpose("Coaching", "users", "consent", "", "explicit_consent", "", "consent"),
        Purpose("Stability", "", "legitimate_interests", balancing=weighed),
        Purpose("Checks", "employees", "legal_obligation", "Labour law"),
        Purpose("Screening", "employees", "legal_obligation", article10_law="Police law"),
    ]
    services.draft_activity(
        organisation=lumaro,
        project=stridewell,
        name="Coaching",
        purposes=purposes,
        data={email: rule, heart_rate: "30 days"},
        subject_categories=["users", "employees"],
        systems=[system],
        parties=[nimbus],
        by=ed,
    )
    return services.draft_activity(organisation=lumaro, name="Payroll", by=ed)


@pytest.mark.parametrize("key", KEYS)
def test_an_untouched_list_changes_nothing(filled, lumaro, hand_in, key):
    item = hand_in(key, lumaro, out(key, lumaro, "csv"), "list.csv")

    assert (item.state, told(item), changes(item), item.added, item.changed) == (State.READ, [], [], 0, 0)
    assert item.unchanged == {"data-items": 2, "processing": 2}.get(key, 1)


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("Purposes", "Coaching | martians", "Line 1: people “martians” is not known: use "),
        ("Purposes", "One\nCoaching | | luck", "Line 2: legal basis “luck” is not known: use "),
        ("Purposes", "Coaching | | consent | | | | LIA-001", "Line 1: an assessment belongs to the basis legit"),
        ("Purposes", "a | | | | | | | h", "Line 1: 8 parts between bars, at most 7 are known."),
        ("Purposes", "x" * 251, "Line 1: the text is longer than 250 characters."),
        ("Data and time limits", "Salary | 1 year", "Line 1: there is no data “Salary”."),
        ("Data and time limits", "E-mail\nE-mail | RR-001", "Line 2: name one kind of data, each once."),
    ],
)
def test_a_bad_line_is_named_with_its_mend(filled, lumaro, hand_in, column, cell, said):
    rows = rows_of(out("processing", lumaro))
    rows[1][rows[0].index(column)] = cell
    ((number, where, text),) = told(hand_in("processing", lumaro, rows))
    assert (number, where, text[: len(said)]) == (2, column, said)


def test_records_and_rules_come_in_whole(filled, lumaro, stridewell, hand_in, mara):
    new = [
        ("data-items", {"Data": "Salary", "Category": "other_financial", "Of children": "no"}),
        ("systems", {"System": "Payroll", "Run by": "Nimbus", "Country": "DE"}),
        (
            "retention-rules",
            {
                "Rule": "Pay slips",
                "Data": "Salary",
                "System": "Payroll",
                "Counted from": "collection",
                "Period": 10,
                "Unit": "years",
                "How it goes": "delete",
            },
        ),
        (
            "processing",
            {
                "Activity": "Pay",
                "Our role": "controller",
                "Project": "stridewell",
                "Purposes": "Paying people | employees | contract",
                "Data and time limits": "Salary | rr-002",
                "Systems": "SY-002",
            },
        ),
    ]
    for key, values in new:
        rows = rows_of(out(key, lumaro))
        item = hand_in(key, lumaro, [*rows, [values.get(label) for label in rows[0]]])
        assert (told(item), item.added, item.changed) == ([], 1, 0)
        confirm(item=item, reason="Handed over", by=mara)

    record = ProcessingActivity.objects.complete().get(name="Pay")
    assert (record.project, record.purposes, record.bases) == (
        stridewell,
        ["Paying people"],
        ["Contract, Art.\xa06(1)(b)"],
    )
    assert [link.limit for link in record.data_rows] == ["10 years after collection, deleted (RR-002)"]
    assert [one.place for one in record.named_systems] == ["Germany"]
    counts = (DataItem.objects.count(), System.objects.count(), RetentionRule.objects.count())
    assert counts == (3, 2, 2)


def approved_records(number, project, item, by):
    """Many approved records at once."""
    common = {"organisation": project.organisation, "project": project}
    said = {"state": "active", "approved_at": timezone.now()}
    with change(by=by):
        made = ProcessingActivity.objects.bulk_create(
            ProcessingActivity(name=f"Record {one}", **common, **said) for one in range(number)
        )
        ActivityPurpose.objects.bulk_create(
            ActivityPurpose(activity=one, position=1, text="Why", legal_basis="contract", **common) for one in made
        )
        ActivityData.objects.bulk_create(
            ActivityData(activity=one, item=item, retention="1 year", **common) for one in made
        )
        about = {"subject_model": "dataflows.processingactivity", "purpose": PURPOSE, "state": "approved", **common}
        at = {"requested_by": by, "requested_at": timezone.now(), "decided_by": by, "decided_at": timezone.now()}
        rows = ProcessingActivity.objects.complete().filter(pk__in=[one.pk for one in made])
        written = [(row.pk, snapshot(row.facts())) for row in rows]
        Approval.objects.bulk_create(
            Approval(subject_id=key, snapshot=one.text, snapshot_sha256=one.sha256, **about, **at)
            for key, one in written
        )


def test_many_records_cost_what_few_do(lumaro, stridewell, email, mara, sign_in):
    """List, sheet, page and the file of approved records: as many queries for 150 records as for 60.

    Not as for one: on PostgreSQL, where no test seals, few entries let the list ask once whether it grew.
    """
    browser, rows = sign_in(mara), ProcessingActivity.objects.in_organisation(lumaro)
    url = reverse("dataflows:activities", args=[lumaro.slug]) + "?letters=missing"

    def asked():
        pages = [count(browser, url), count(browser, rows.first().get_absolute_url())]
        for read in (
            lambda: approved(lumaro, rows, title="All", at=timezone.now()).told,
            lambda: list(table(sheets["processing"](lumaro))),
        ):
            with CaptureQueriesContext(connection) as captured:
                found = read()
            pages.append(len(captured))
        return pages, len(found) - 1

    approved_records(60, stridewell, email, mara)
    asked()
    one, _ = asked()
    approved_records(90, stridewell, email, mara)
    many, number = asked()
    assert (many, number) == (one, 150)
    assert one[0] <= 12
