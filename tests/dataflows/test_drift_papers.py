"""The papers drift compares with come from approved rows, in a number of queries that does not grow."""

from collections.abc import Callable
from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.accounts.models import User
from compliance.projects.models import Project
from compliance.projects.services import add_app_target, plan_release
from dataflows import services
from dataflows.drift.known import android_level, policy_of
from dataflows.gathered import gather
from dataflows.models import DataFlow, DataItem, Node, Party
from tests.dataflows.drift_cast import compared, marks
from tests.dataflows.drift_objects import seen

TODAY = timezone.now().date()
Approve = Callable[..., DataFlow]


def test_only_what_was_approved_counts_and_as_it_was(
    approved: Approve, propose: Approve, heart_rate: DataItem, ed: User, stridewell: Project
) -> None:
    flow = approved(legal_basis="consent", ephemeral=True)
    propose(title="Never approved", items=[heart_rate])
    services.change_flow(flow=flow, by=ed, reason="Rebuilt", items=[heart_rate])
    release = plan_release(project=stridewell, name="4.2.0", by=ed)
    (paper,) = gather(stridewell, TODAY).papers(release, "android").flows
    assert (paper.reference, paper.categories, paper.consent, paper.ephemeral) == ("DF-001", {"email"}, True, True)
    assert (paper.goes_out, paper.parties, paper.purposes) == (True, ("PA-001",), ("To keep the account",))


def test_a_party_is_told_by_what_it_brings_into_the_app(
    adspire: Party, nimbus: Party, stridewell: Project, ed: User, mara: User
) -> None:
    services.change_party(party=adspire, sdks="com.adspire\nAdspireKit", domains="track.adspire.example", by=mara)
    release = plan_release(project=stridewell, name="4.2.0", by=ed)
    papers = gather(stridewell, TODAY).papers(release, "android")
    told = {one.reference: one for one in papers.parties}
    assert (told["PA-001"].has_contract, told["PA-002"].has_contract, told["PA-002"].state) == (
        True,
        False,
        "requested",
    )
    assert [(one.code, one.android) for one in papers.own_sdks] == [("PA-002", ("com.adspire", "AdspireKit"))]
    compared(release, seen("component", "com.adspire.Install", "provider", exported="false"))
    assert marks(release) == {"DR03:PA-002": "open", "DR04:PA-002": "open"}


def test_policies_are_read_as_listings_say_them() -> None:
    assert [android_level(said) for said in ("9 (API 28)", "Android 11", "28", "")] == [28, 30, 28, None]
    now, then = policy_of("android", "9 (API 28)", date(2026, 11, 23)), policy_of("android", "", date(2026, 8, 1))
    assert (now.min_android, now.target_android, now.next_target_android) == (28, 36, None)
    assert (then.target_android, then.next_target_android, then.next_target_from) == (35, 36, date(2026, 8, 31))
    assert policy_of("ios", "16", TODAY).min_ios == "16"


def test_it_asks_as_much_for_three_flows(
    approved: Approve, way: list[Node], stridewell: Project, ed: User, adspire: Party
) -> None:
    add_app_target(
        project=stridewell, by=ed, platform="android", store="Google Play", app_id="com.lumaro", minimum_os="9"
    )

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            gather(stridewell, TODAY)
        return len(queries)

    approved()
    gather(stridewell, TODAY)
    one = asked()
    approved(title="Two")
    approved(title="Three")
    assert asked() == one
