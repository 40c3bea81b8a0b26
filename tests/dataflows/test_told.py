"""Notices, consents and store labels: written, decided by somebody else, published with proof, compared with flows."""

import io
from datetime import UTC, date, datetime, timedelta
from itertools import product
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from compliance.artefacts.formats import app_store_privacy, play_data_safety
from compliance.files.store import receive
from compliance.ledger import Refused, change
from compliance.packs.registry import Period
from compliance.projects.models import AppTarget, Release
from dataflows import services
from dataflows.consent_check import needs, weaknesses
from dataflows.models import Consent, Notice, StoreDeclaration, TextState
from dataflows.models.told import TEXT_MOVES
from dataflows.notice_check import check, missing, plain_name
from dataflows.pack_told import notices, store_labels
from dataflows.panels_told import told_of_project
from dataflows.preflight_told import told_as_done
from dataflows.reminders_told import labels_behind, told_reviews
from dataflows.shown import shown_at, shown_in
from dataflows.told_vocabulary import checklist_for
from dataflows.views.told_page import flows_of
from tests.stage import staged

S = TextState
PERIOD = Period(date(2026, 1, 1), date(2027, 1, 1))
SEEN = {"proof_url": "https://stridewell.example/privacy"}


@staged
def notice(stridewell, ed):
    about = services.add_told(project=stridewell, model=Notice, title="Privacy notice", place="Settings", by=ed)
    services.draft_text(about=about, summary="First version", text="# Who\nLumaro runs the app.", by=ed)
    return about


@staged
def play(stridewell, ed):
    with change(by=ed):
        target = AppTarget(project=stridewell, platform="android", store="Google Play", app_id="com.lumaro.stridewell")
        target.save()
    return services.add_told(project=stridewell, model=StoreDeclaration, target=target, store="play", by=ed)


def answered(version, by):
    answers = {row.code: "Section 1" for row in checklist_for("13") if not row.may_not_apply}
    return services.answer_text(version=version, part="checklist", answers=answers, by=by)


def published(about, by, dora, **given):
    """The newest draft of something, carried into force."""
    version = about.versions.order_by("-number").first()
    if isinstance(about, Notice):
        answered(version, by)
    services.submit_text(version=version, by=by)
    services.decide_text(version=version, approve=True, by=dora, reason="Read")
    return services.publish_text(version=version, by=by, **{**SEEN, **given})


def upload(data, name="label.csv"):
    return {"upload": receive(io.BytesIO(data), limit=10**6, name=name, types=None), "name": name}


def put(version, state):
    with change(by="tests"):
        version.state = state
        version.published_at = timezone.now() if state == S.PUBLISHED else None
        version.save()
    return version


def test_every_step_of_a_version_is_taken_or_refused_in_words(notice, ed, dora):
    version = notice.versions.get()
    answered(version, ed)
    services.submit_text(version=version, by=ed)
    services.decide_text(version=version, approve=True, by=dora, reason="Read")
    steps = {
        S.DPO_REVIEW: lambda: services.submit_text(version=version, by=ed),
        S.APPROVED: lambda: services.decide_text(version=version, approve=True, by=dora, reason="Read"),
        S.DRAFT: lambda: services.decide_text(version=version, approve=False, by=dora, reason="A page lacks"),
        S.PUBLISHED: lambda: services.publish_text(version=version, by=ed, **SEEN),
        S.WITHDRAWN: lambda: services.withdraw_text(version=version, by=ed, reason="Not needed"),
    }
    for start, to in product(S, steps):
        if to in TEXT_MOVES[start] and start == S.DPO_REVIEW:
            put(version, S.DRAFT)
            services.submit_text(version=version, by=ed)
        put(version, start)
        if to in TEXT_MOVES[start]:
            assert steps[to]().state == to, (start, to)
        else:
            with pytest.raises(Refused, match=r"^PN-001 v1 is .*: it cannot become "):
                steps[to]()


def test_nobody_approves_what_they_wrote_and_a_changed_notice_is_approved_anew(notice, ed, dora, mara):
    version = notice.versions.get()
    with pytest.raises(Refused, match=r"PN-001 v1 cannot be put forward yet. Say where it answers: Who is responsible"):
        services.submit_text(version=version, by=ed)
    answered(version, dora)
    services.submit_text(version=version, by=ed)
    with pytest.raises(Refused, match="somebody else has to decide"):
        services.decide_text(version=version, approve=True, by=dora, reason="I answered the checklist")
    services.withdraw_text(version=put(version, S.DRAFT), by=ed, reason="Begin anew")
    services.draft_text(about=notice, summary="Second", text="Lumaro.", by=ed)
    second = published(notice, ed, dora)

    assert (second.number, notice.review_date is not None, second.approval.is_outdated(second.facts())) == (
        2,
        True,
        False,
    )
    services.change_told(about=notice, place="Profile, Privacy", by=ed)
    second.refresh_from_db()
    assert second.approval.is_outdated(second.facts())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"proof_url": ""}, "Proof: give the address"),
        ({"published_at": datetime(2020, 1, 1, tzinfo=UTC)}, "that is before it was approved"),
        ({"published_at": datetime(2090, 1, 1, tzinfo=UTC)}, "still to come"),
    ],
)
def test_a_version_is_published_with_its_proof_and_at_a_moment_that_can_be(notice, ed, dora, given, said):
    with pytest.raises(Refused, match=said):
        published(notice, ed, dora, **given)


def test_which_text_people_saw_follows_from_day_and_release(notice, stridewell, ed, dora):
    first = published(notice, ed, dora)
    between = timezone.now()
    services.draft_text(about=notice, summary="New recipient", text="Lumaro and Nimbus.", by=ed)
    second = published(notice, ed, dora, proof_url="", proof=upload(b"A picture")["upload"], proof_name="p.txt")
    versions = list(notice.versions.all())
    first.refresh_from_db()

    assert (first.state, first.ended_at == second.published_at) == ("superseded", True)
    days = [first.published_at - timedelta(days=1), between, timezone.now()]
    assert [getattr(shown_at(versions, day), "number", None) for day in days] == [None, 1, 2]
    old = Release(project=stridewell, name="1", released_at=days[0])
    new = Release(project=stridewell, name="2", released_at=between)
    assert [one.number for one in shown_in(versions, old, [old, new])] == [1]
    assert [one.number for one in shown_in(versions, new, [old, new])] == [1, 2]
    second_with = [SimpleNamespace(**{**vars(one), "since_release": new}) for one in versions]
    assert shown_in(second_with, old, [old, new]) == []


def test_what_flows_do_and_a_notice_does_not_say_is_named_line_by_line(
    notice, approved, propose, way, adspire, ed, dora
):
    services.change_party(party=adspire, by=ed, role="recipient")
    ads = services.node_of_party(project=notice.project, party=adspire, by=ed)
    proposal = propose(title="Not approved", purpose="To sell it")
    flow = approved(purpose="To keep the account.", retention="30 days")
    version = notice.versions.get()
    flows = flows_of(notice.project)

    assert ([one.reference for one in flows], proposal.state) == ([flow.reference], "proposed")
    asked = [(one.asked.kind, one.asked.what) for one in check(version, flows)]
    assert asked == [
        ("recipient", "Nimbus"),
        ("purpose", "To keep the account"),
        ("category", "E-mail"),
        ("retention", "30 days"),
    ]
    services.draft_text(
        about=notice,
        summary="Said",
        text="## Data\nYour e-mail, *to keep the account*. Hosted by NIMBUS.",
        by=ed,
    )
    version.refresh_from_db()
    assert [str(one) for one in missing(version, flows)] == [f"Kept for 30 days ({flow.reference}) is missing."]
    services.answer_text(version=version, part="said", answers={"retention:30 days": "Section 2: a month"}, by=ed)
    assert missing(version, flows) == []
    flows[0].stop_rows[-1].node = ads
    assert [one.asked.what for one in missing(version, flows)] == ["Adspire", "United States"]
    assert [plain_name(name) for name in ("Crashlight Inc", "HelpNest sp. z o.o.", "Inc")] == [
        "Crashlight",
        "HelpNest",
        "Inc",
    ]


def test_consent_stands_behind_what_needs_it_and_is_counted_without_people(stridewell, approved, ed, dora):
    about = services.add_told(
        project=stridewell,
        model=Consent,
        title="Analytics",
        purposes="Statistics\nAdvertising",
        granularity="together",
        screen="Step 3",
        by=ed,
    )
    flow = approved(reads_device=True, legal_basis="consent", consent=about)
    services.draft_text(about=about, summary="First", text="May we?", by=ed)

    assert [one.missing for one in needs(flows_of(stridewell), [])] == ["No wording of CN-001 is published."]
    assert next(line.partition(":")[0] for line in weaknesses(about)) == "Several purposes hang on one yes"
    with pytest.raises(Refused, match="Say how it is withdrawn"):
        published(about, ed, dora)
    services.change_told(about=about, withdrawal="Settings, switch", granularity="each", proof_place="Account", by=ed)
    wording = published(about, ed, dora)
    assert ([one.missing for one in needs([flow], [about.pk])], weaknesses(about)) == ([""], [])
    numbers = {"given": 90, "refused": 10, "withdrawn": 2}
    for given in (80, 90):
        count = services.record_counts(wording=wording, month=date(2026, 3, 17), by=ed, **{**numbers, "given": given})
    assert (count.month, count.given, wording.counts.count()) == (date(2026, 3, 1), 90, 1)
    with pytest.raises(Refused, match="Strictly necessary: say first"):
        services.change_flow(flow=flow, reads_device=False, strictly_necessary=True, by=ed, reason="Wrong")


def test_a_label_is_imported_to_the_byte_compared_and_derived(play, approved, ed):
    with pytest.raises(Refused, match="File: Line 1: the column"):
        services.draft_text(about=play, summary="Export", by=ed, **upload(b"a,b\n"))
    data = play_data_safety.write(play_data_safety.blank())
    version = services.draft_text(about=play, summary="Export", by=ed, **upload(data))
    assert services.told.content_of(version.blob) == data
    flow = approved(store_purposes=["account"])
    derived = services.derive_label(declaration=play, flows=flows_of(play.project), by=ed)

    said = play_data_safety.declared(play_data_safety.read(services.told.content_of(derived.blob)))
    assert (derived.pk, list(said.types), said.general["PSL_DATA_COLLECTION_COLLECTS_PERSONAL_DATA", ""]) == (
        version.pk,
        ["PSL_EMAIL"],
        "true",
    )
    assert flow.store_purpose_labels == ["Account and sign-in"]


def test_pages_of_what_people_are_told(notice, play, approved, stridewell, ed, dora, sign_in):
    about = services.add_told(project=stridewell, model=Consent, title="Health", purposes="Plan", screen="2", by=ed)
    services.draft_text(about=about, summary="First", text="May we?", by=ed)
    approved(subject_categories=["children"], consent=about, legal_basis="consent", retention="a year")
    slug, client = stridewell.slug, sign_in(ed)
    pages = ["notices", "consents", "declarations", "consent_ages", "notice_add", "consent_add", "declaration_add"]
    for page in pages:
        assert client.get(reverse(f"dataflows:{page}", args=[slug])).status_code == 200, page
    client.post(reverse("dataflows:declaration_derive", args=[slug, play.reference]))
    for one in (notice, about, play):
        shown = client.get(one.get_absolute_url(), {"on": "2026-02-30", "release": "REL-999"})
        assert shown.status_code == 200
        assert client.get(reverse("dataflows:told_version", args=[slug, one.reference, 1])).status_code == 200
        assert client.get(reverse("dataflows:told_draft", args=[slug, one.reference])).status_code == 200
    asked = client.get(notice.get_absolute_url(), {"on": "2026-02-03"})
    assert (asked.context["seen"], [one.asked.what for one in asked.context["missing"]][:1]) == ([], ["Nimbus"])
    answers = {f"answer-{row.code}": "Here" for row in checklist_for("13")}
    client.post(reverse("dataflows:told_answers", args=[slug, "PN-001", "checklist"]), answers)
    for address in ("submit", "publish"):
        client.post(reverse(f"dataflows:told_{address}", args=[slug, "PN-001"]))
    decider = sign_in(dora)
    decider.post(reverse("dataflows:told_decide", args=[slug, "PN-001"]), {"verdict": "approve", "reason": "Read"})
    client = sign_in(ed)
    now = timezone.now().strftime("%Y-%m-%dT%H:%M:%S")
    sent = {"published_at": now, "proof": io.BytesIO(b"a picture"), "proof_url": ""}
    sent["proof"].name = "screen.txt"
    assert client.post(reverse("dataflows:told_publish", args=[slug, "PN-001"]), sent).status_code == 302
    version = notice.versions.get()
    assert (version.state, version.proof_name, len(version.proof_id)) == ("published", "screen.txt", 64)
    proof = client.get(reverse("dataflows:told_proof", args=[slug, "PN-001", 1]))
    file = client.get(reverse("dataflows:declaration_file", args=[slug, "SL-001"]))
    assert (b"".join(proof.streaming_content), play_data_safety.is_this(file.content)) == (b"a picture", True)
    bad = {"summary": "x", "file": io.BytesIO(b"[1]")}
    bad["file"].name = "label.json"
    wrong = client.post(reverse("dataflows:told_draft", args=[slug, "SL-001"]), bad)
    assert (wrong.status_code, "Line 1: the column" in wrong.content.decode()) == (422, True)
    for reference in ("CN-001", "XX-1"):
        assert client.get(reverse("dataflows:notice", args=[slug, reference])).status_code == 404
    assert app_store_privacy.NOTHING == "DATA_NOT_COLLECTED"


def test_packs_print_and_check_what_is_published_against_what_is_done(notice, play, approved, stridewell, ed, dora):
    flow = approved(retention="a year", reads_device=True)
    about = services.add_told(project=stridewell, model=Consent, title="Analytics", purposes="Count", screen="2", by=ed)
    services.change_told(about=about, withdrawal="Switch", by=ed)
    services.draft_text(about=about, summary="First", text="May we?", by=ed)
    said = play_data_safety.with_answers(play_data_safety.blank(), {})
    services.draft_text(about=play, summary="As filed", by=ed, **upload(play_data_safety.write(said)))
    for one in (notice, about, play):
        published(one, ed, dora)
    wording = about.versions.get()
    services.record_counts(wording=wording, month=date(2026, 3, 1), given=3, refused=2, withdrawn=1, by=ed)
    at = timezone.now() + timedelta(minutes=1)

    for scope in (stridewell, stridewell.organisation):
        texts = [finding.text for finding in told_as_done(scope, at, PERIOD)]
        assert texts == [
            f"PN-001 v1: Recipient Nimbus ({flow.reference}) is missing. Purpose To keep the account "
            f"({flow.reference}) is missing. Data E-mail ({flow.reference}) is missing. Kept for a year "
            f"({flow.reference}) is missing.",
            "SL-001 v1 Email address: published “not declared”, by the flows “collected, required” "
            f"({flow.reference}).",
            f"{flow}: It reads or writes on the device and is not strictly necessary. "
            "No consent is chosen on the flow. ePrivacy Art. 5(3).",
        ]
        printed, labels = notices(scope, at, PERIOD), store_labels(scope, at, PERIOD)
        assert [len(printed[name]) for name in ("rows", "consents", "needs", "citations")] == [1, 1, 1, 2]
        assert printed["consents"][0]["counts"][0]["given"] == 3
        assert [(row["line"], row["says_less"]) for row in labels["rows"][0]["differences"]] == [
            ("Email address", True)
        ]
        assert {one.status for one in (*printed["documents"], *labels["documents"])} == {"present"}
        for template, context in (("notices", printed), ("store_labels", labels)):
            assert flow.reference in render_to_string(f"dataflows/pack/{template}.html", {**context, "scope": scope})
    assert notices(stridewell, at - timedelta(days=9), PERIOD)["rows"] == []


def test_what_falls_due_of_what_people_are_told(notice, play, approved, propose, stridewell, ed, dora):
    services.draft_text(
        about=play, summary="As filed", by=ed, **upload(play_data_safety.write(play_data_safety.blank()))
    )
    for one in (notice, play):
        published(one, ed, dora)
    approved()
    year = timezone.now() + timedelta(days=340)
    lines = [due for dues in told_reviews(stridewell, year) for due in dues.lines(1)]
    behind = list(labels_behind(stridewell, year).lines(1))

    assert sorted(line[2] for line in lines) == [
        "PN-001 Privacy notice is to be reviewed",
        "SL-001 com.lumaro.stridewell is to be reviewed",
    ]
    assert [line[2] for line in behind] == ["SL-001: flows were approved since it was published, compare it"]
    box = told_of_project(stridewell)
    assert [one["number"] for one in box["figures"]] == [2, 0, 0, 1]
