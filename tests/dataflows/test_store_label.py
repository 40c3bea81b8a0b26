"""What the stores have to be told, derived from flows; and what a published label says otherwise."""

from datetime import date

import pytest

from compliance.artefacts.formats import app_store_privacy, play_data_safety
from compliance.artefacts.formats.play_data_safety import DataUse
from dataflows.label_difference import differences
from dataflows.label_files import file_of, read_file
from dataflows.label_rules import APPLE, PLAY, derive
from dataflows.models import DataFlow, DataItem, FlowItem, FlowStop, Node, Party, StoreDeclaration
from dataflows.told_vocabulary import ages_in, checklist_for, store_categories
from dataflows.vocabulary import categories

pytestmark = pytest.mark.once
ADS = Party(name="Adspire", role="recipient", country="US")
HOST = Party(name="Nimbus", role="processor", country="LU")
PLACES = {
    "user": Node(kind="person", name="User"),
    "app": Node(kind="app", name="App"),
    "api": Node(kind="api", name="API", party=HOST),
    "ads": Node(kind="recipient", name="Adspire", party=ADS),
}


def flow(path, *data, reference="DF-001", **given):
    made = DataFlow(reference=reference, **{"protection": "tls13", "store_purposes": ["app_functionality"], **given})
    made.stop_rows = [FlowStop(node=PLACES[place]) for place in path.split()]
    made.item_rows = [FlowItem(item=DataItem(name=code, category=code)) for code in data]
    made.transfer_rows = []
    return made


@pytest.mark.parametrize(
    ("given", "google", "apple"),
    [
        (flow("user app api", "email"), "collected, required", "linked to the person"),
        (flow("user app", "email"), "", ""),
        (flow("user app", "email", on_device_only=True), "", ""),
        (flow("user app api", "email", protection="e2ee"), "", ""),
        (flow("user app api", "email", ephemeral=True), "collected, ephemeral, required", ""),
        (flow("user app api", "email", can_decline=True), "collected, people can choose", "linked to the person"),
        (flow("user app ads", "email"), "collected, shared, required", "linked to the person"),
        (flow("user app ads", "email", user_initiated=True), "collected, required", "linked to the person"),
        (
            flow("user app ads", "email", tracks=True),
            "collected, shared, required",
            "linked to the person, used to track",
        ),
        (flow("user app api", "email", unlinked=True), "collected, required", "not linked"),
        (flow("api ads", "email"), "shared", ""),
        (flow("user api", "email", channel="mail"), "", ""),
        (flow("user api", "email", channel="screen"), "collected, required", "linked to the person"),
    ],
)
def test_what_is_collected_and_shared_follows_from_the_way_of_a_flow(given, google, apple):
    for store, said in ((PLAY, google), (APPLE, apple)):
        derived = derive([given], store)

        assert ", ".join(word for line in derived.lines for word in line.handling) == said
        told = [ground.text for line in derived.lines for ground in line.because] + [g.text for g in derived.left_out]
        assert len(told) == 1, "every flow has one reason, told or left out"


def test_flows_of_one_type_are_one_line_that_says_what_holds_for_any_of_them():
    flows = [
        flow("user app api", "email", reference="DF-001", can_decline=True, ephemeral=True, store_purposes=["account"]),
        flow("user app api", "email", "ip_address", reference="DF-002", store_purposes=["analytics"], protection=""),
        flow("api ads", "email", reference="DF-003", store_purposes=["advertising"]),
    ]
    derived = derive(flows, PLAY)
    line = derived.lines[0]

    assert (len(derived.lines), line.handling, derived.encrypted) == (1, ["collected", "shared", "required"], False)
    assert line.purposes == ["Analytics", "Advertising or marketing", "Account management"]
    assert [ground.flow for ground in line.because] == ["DF-001", "DF-002", "DF-003"]
    assert "Nimbus is a processor acting for us: not shared." in line.because[0].text
    assert [(one.data, "no type for it" in one.text) for one in derived.left_out] == [("ip_address", True)]


def test_a_file_that_was_derived_declares_what_was_derived_and_keeps_what_nobody_can_derive():
    flows = [flow("user app ads", "ad_id", "health", tracks=True), flow("user app api", "messages", can_decline=True)]
    for store in (PLAY, APPLE):
        declaration = StoreDeclaration(
            store=store, data_deletion="DATA_DELETION_YES", data_deletion_url="https://x.example"
        )
        derived = derive(flows, store)
        made = file_of(declaration, derived, None)

        assert differences(read_file(store, made), derived) == []
        assert file_of(declaration, derived, made) == made
    kept = play_data_safety.with_answers(play_data_safety.blank(), {("PSL_UPI_BADGE_OPT_IN", ""): "true"})
    written = file_of(StoreDeclaration(store=PLAY), derive(flows, PLAY), play_data_safety.write(kept))
    assert read_file(PLAY, written).general["PSL_UPI_BADGE_OPT_IN", ""] == "true"
    assert file_of(StoreDeclaration(store=APPLE), derive([], APPLE), None).decode().split() == [
        *("[", "{", '"data_protections":', "[", '"DATA_NOT_COLLECTED"', "]", "}", "]")
    ]


def test_a_label_that_says_less_than_is_done_contradicts_and_one_that_says_more_does_not():
    derived = derive([flow("user app ads", "ad_id"), flow("user app api", "messages", "name")], PLAY)
    purposes = frozenset({"PSL_APP_FUNCTIONALITY"})
    said = [
        DataUse("PSL_DEVICE_ID", collected=True, optional=False, ephemeral=False, collected_for=purposes),
        DataUse("PSL_SMS_CALL_LOG", collected=True, optional=True, ephemeral=False, collected_for=frozenset()),
        DataUse("PSL_CONTACTS", collected=True),
    ]
    form = play_data_safety.with_answers(play_data_safety.blank(), play_data_safety.answers_of(said))
    found = differences(
        read_file(PLAY, play_data_safety.write(form)), derived, {"PSL_NAME:missing": "Never in the app"}
    )

    assert [(one.key, one.published, one.derived, one.contradicts) for one in found] == [
        ("PSL_NAME:missing", "not declared", "collected, required", False),
        ("PSL_SMS_CALL_LOG:required", "not required", "required", True),
        ("PSL_SMS_CALL_LOG:collected for", "nothing", "App functionality", True),
        ("PSL_DEVICE_ID:shared", "not shared", "shared", True),
        ("PSL_CONTACTS:extra", "declared", "no approved flow carries it", False),
    ]
    assert str(found[3]) == "Device or other IDs: published “not shared”, by the flows “shared” (DF-001)."


def test_the_lists_speak_of_every_category_in_words_the_stores_know():
    known = store_categories()

    assert set(known) == set(categories())
    apple = set(app_store_privacy.CATEGORIES)
    types = {code for codes in play_data_safety.GROUPS.values() for code in codes}
    assert {code for row in known.values() for code in (*row.play, *row.play_or)} == types
    assert {code for row in known.values() for code in (*row.app_store, *row.app_store_or)} == apple


def test_ages_of_consent_are_dated_and_a_checklist_has_its_articles():
    assert [(row.country, row.age) for row in ages_in(["DK", "DE"], date(2023, 6, 1))] == [("DK", 13), ("DE", 16)]
    assert [row.age for row in ages_in(["DK"], date(2026, 11, 22))] == [15]
    assert {len(ages_in([], date(year, 1, 1))) for year in (2019, 2023, 2026)} == {31}
    codes = {article: {row.code for row in checklist_for(article)} for article in ("13", "14", "both")}
    assert (codes["13"] ^ codes["14"], codes["13"] | codes["14"]) == ({"1d14", "2f14", "2e"}, codes["both"])
