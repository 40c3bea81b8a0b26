"""Requests of data subjects: their clock, their way, who sees whom, and what programs may hand in."""

import io
import json
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.urls import reverse
from django.utils import timezone

from compliance.files.store import receive
from compliance.ledger import Refused, change
from compliance.ledger.models import Entry
from compliance.ledger.redaction import redact
from compliance.ledger.story import story
from compliance.packs.gathering import _is_hidden
from compliance.packs.profiles import profile_of
from compliance.packs.registry import Period
from compliance.packs.told import differences
from compliance.projects.search import search
from compliance.projects.services import grant_role
from dataflows import services
from dataflows.deadlines import deadline
from dataflows.models import RequestStep, SubjectRequest
from dataflows.models.request import MOVES, RequestState
from dataflows.pack_sections import requests
from dataflows.preflight import answered_in_time
from tests.conftest import person
from tests.stage import staged

S = RequestState
WHO = "Alma Kestrin"


@staged
def dina(dora, lumaro, mara):
    """A second person at the desk."""
    user = person("Dina")
    grant_role(user=user, role="dpo", scope=lumaro, by=mara)
    return user


@pytest.fixture
def asked(lumaro, dora):
    def ask(**facts):
        given = {"type": "access", "channel": "mail", "requester_name": WHO, "requester_contact": "alma@example.org"}
        return services.receive_request(organisation=lumaro, by=dora, **{**given, **facts})

    return ask


def put(request, state, **fields):
    """A request in a state, however it came there."""
    with change(by="tests"):
        request.state = state
        for name, value in fields.items():
            setattr(request, name, value)
        request.save()
    return request


def answer(request, by, **more):
    received = receive(io.BytesIO(b"All we hold."), limit=1000, name="answer.txt")
    given = {"reply": received, "name": "answer.txt", "outcome": "fulfilled", "by": by}
    return services.prepare_reply(request=request, **{**given, **more})


@pytest.mark.once
@pytest.mark.parametrize(
    ("year", "extended", "due", "said"),
    [
        (2026, False, "2026-03-02", "28 Feb 2026 is a Saturday, 1 Mar 2026 is a Sunday: the next working day ends it"),
        (2022, True, "2022-05-02", "30 Apr 2022 is a Saturday, 1 May 2022 is a Sunday: the next working day ends it"),
        (2028, True, "2028-05-02", "30 Apr 2028 is a Sunday, 1 May 2028 is a holiday: the next working day ends it"),
        (2026, True, "2026-04-30", "April 2026 has no day 31: its last day counts, 30 Apr 2026."),
    ],
)
def test_what_came_on_the_last_of_january_is_due_on_a_working_day_and_says_why(year, extended, due, said):
    found = deadline(began=datetime(year, 1, 31, 9, tzinfo=UTC), country="DE", extended=extended)

    assert (found.due + timedelta(hours=2)).date().isoformat() in (due, f"{due[:-2]}{int(due[-2:]) + 1:02d}")
    assert (said in found.why, "Received on 31 Jan" in found.why, "Europe/Berlin" in found.why) == (True, True, True)
    assert ("3 months from the beginning" in found.why) == extended


def take(request, to, by, other):
    """The step that leads to a state."""
    steps = {
        S.IDENTITY_CHECK: lambda: services.check_identity(request=request, by=by),
        S.WAITING_FOR_REQUESTER: lambda: services.ask_requester(request=request, by=by, reason="Which account?"),
        S.IN_PROGRESS: lambda: (
            services.send_back_reply(request=request, by=other, reason="A page lacks")
            if request.state == S.QUALITY_CHECK
            else services.confirm_identity(request=request, method="signed_in", by=by)
        ),
        S.EXTENDED: lambda: (
            services.send_back_reply(request=request, by=other, reason="A page lacks")
            if request.state == S.QUALITY_CHECK
            else services.extend_request(request=request, notice_sent_at=timezone.now(), by=by, reason="Much")
        ),
        S.QUALITY_CHECK: lambda: answer(request, by),
        S.ANSWERED: lambda: services.answer_request(request=request, by=by),
        S.REFUSED: lambda: services.refuse_request(request=request, remedies_told=True, by=by, reason="Excessive"),
        S.CLOSED: lambda: services.close_request(request=request, by=by, reason="Over", outcome="withdrawn"),
    }
    return steps[to]()


def test_every_step_is_taken_or_refused_in_words(asked, dora, dina):
    for start, to in product(S, [state for state in S if state != S.RECEIVED]):
        extended = {"notice_sent_at": timezone.now()} if S.EXTENDED in (start, to) and start == S.QUALITY_CHECK else {}
        fields = {"prepared_by": dora, "checked_by": dina} if start == S.QUALITY_CHECK else {}
        request = put(asked(), start, **fields, **extended)
        if to in MOVES[start]:
            assert take(request, to, dora, dina).state == to, (start, to)
            continue
        with pytest.raises(Refused, match=rf"^{request.reference} is "):
            take(request, to, dora, dina)


def test_nobody_checks_the_answer_they_prepared(asked, dora, dina):
    request = answer(put(asked(), S.IN_PROGRESS), dora)

    with pytest.raises(Refused, match="a second person checks the answer before it goes out"):
        services.answer_request(request=request, by=dora)
    with pytest.raises(Refused, match="You prepared this answer"):
        services.approve_reply(request=request, by=dora, reason="Fine")
    services.approve_reply(request=request, by=dina, reason="Compared with the export")
    services.answer_request(request=request, by=dora)
    assert (request.state, request.checked_by, len(request.reply.sha256)) == ("answered", dina, 64)


def test_a_prompt_question_lets_the_month_begin_with_its_answer_and_a_late_one_does_not(asked, dora):
    prompt, late = asked(), asked(received_at=timezone.now() - timedelta(days=20))
    ends = late.due_at
    for one in (prompt, late):
        services.check_identity(request=one, by=dora)
        services.ask_requester(request=one, by=dora, reason="Which account?")
    assert (prompt.due_at, prompt.clock(timezone.now())) == (None, ("waits for the requester", "warn"))
    for one in (prompt, late):
        services.check_identity(request=one, by=dora)

    assert ("What we promptly asked for" in prompt.why, prompt.began_at > prompt.received_at) == (True, True)
    assert (late.due_at, late.began_at) == (ends, late.received_at)


def test_an_extension_is_told_within_the_first_month_and_a_refusal_with_its_remedies(asked, dora):
    request = put(asked(received_at=timezone.now() - timedelta(days=60)), S.IN_PROGRESS)

    with pytest.raises(Refused, match="later it cannot be extended"):
        services.extend_request(request=request, notice_sent_at=timezone.now(), by=dora, reason="Much")
    with pytest.raises(Refused, match="Tell the requester of the complaint"):
        services.refuse_request(request=request, remedies_told=False, by=dora, reason="Excessive")


def test_the_checklist_follows_the_map_and_is_settled_before_the_answer(asked, propose, way, nimbus, email, dora):
    propose()
    propose(title="Mail", path=[*way[:3], services.node_of_party(project=way[0].project, party=nimbus, by=dora)])
    request = asked(type="erasure", app=way[0].project, items=[email.reference])
    services.check_identity(request=request, by=dora)
    services.confirm_identity(request=request, method="signed_in", by=dora)
    steps = list(request.steps.select_related("place", "recipient"))

    assert {(str(one.place or ""), str(one.recipient or "")) for one in steps} == {
        ("Database", ""),
        ("Nimbus", ""),
        ("", "Nimbus"),
    }
    store = next(one for one in steps if str(one.place) == "Database")
    with pytest.raises(Refused, match="3 places or recipients of the checklist are open"):
        answer(request, dora)
    with pytest.raises(Refused, match="Database: say why it is exempt"):
        services.settle_steps(request=request, results={store.pk: ("exempt", "")}, by=dora)
    done = {one.pk: ("done", "Gone") for one in request.steps.all()}
    services.settle_steps(request=request, results=done, by=dora)
    assert answer(request, dora).state == "quality_check"
    assert set(RequestStep.objects.values_list("result", flat=True)) == {"done"}


def test_who_asks_is_told_at_the_desk_only(asked, lumaro, mara, dora, sign_in):
    request = asked(wish="About my runs")
    page, history = request.get_absolute_url(), Entry.objects.filter(object_id=request.pk)
    timeline = reverse("timeline:organisation_record", args=[lumaro.slug, "dataflows.subjectrequest", request.pk])
    erase = reverse("timeline:organisation_redact", args=[lumaro.slug, "dataflows.subjectrequest", request.pk])
    chosen = {"fields_chosen": ["requester_name"], "ground": "erasure", "reason": "Request of 3 May, ticket 118"}
    boss = sign_in(mara)
    outside = [boss.get(page), boss.get(timeline), boss.post(erase, chosen), boss.get(f"{page}?at=2030-01-01")]

    assert WHO in sign_in(dora).get(page).content.decode()
    assert [WHO in one.content.decode() for one in outside] == [False] * 4
    assert {one.new for one in story(history)[0].changes if one.name in request.desk_fields} == {
        "told at its desk only"
    }
    assert _is_hidden(profile_of("internal"), "dataflows.subjectrequest", "requester_name")
    assert [one["name"] for one in differences("dataflows.subjectrequest", {}, {"requester_name": WHO})] == []
    can = type("Can", (), {"__getattr__": lambda self, name: type("All", (), {"view": True})})()
    assert search(lumaro, "Alma", user=dora, can=can, organisation_can=can) == []
    assert [str(one) for one in search(lumaro, "SR-", user=dora, can=can, organisation_can=can)[0]["rows"]] == [
        "SR-0001 Access"
    ]


@pytest.mark.parametrize("said", ["Alma Kestrin is a member", "Ms KESTRIN, again", "alma@example.org", "ask x@y.org"])
def test_what_others_read_names_nobody(asked, dora, said):
    request = put(asked(), S.IN_PROGRESS)
    step = RequestStep(organisation=request.organisation, request=request)
    with change(by="tests"):
        step.save()

    for refused in (
        lambda: services.settle_steps(request=request, results={step.pk: ("exempt", said)}, by=dora),
        lambda: services.refuse_request(request=request, remedies_told=True, by=dora, reason=said),
        lambda: services.extend_request(request=request, notice_sent_at=timezone.now(), by=dora, reason=said),
    ):
        with pytest.raises(Refused, match="Write SR-0001 instead"):
            refused()
    request.requester_contact = "review in the store"
    fine = "The review in the store, and the Alma Mater's own records"
    assert services.settle_steps(request=request, results={step.pk: ("exempt", fine)}, by=dora)


def test_a_reply_is_erased_with_its_name_and_its_hash_stays(
    asked, dora, dina, mara, sign_in, django_capture_on_commit_callbacks
):
    request = answer(put(asked(), S.IN_PROGRESS), dora)
    path, reply = request.reply.path, reverse("dataflows:request_reply", args=[request.organisation.slug, "SR-0001"])
    assert path.exists()

    with django_capture_on_commit_callbacks(execute=True):
        redact(
            model=SubjectRequest,
            key=request.pk,
            fields=["reply_name"],
            ground="art17_1_a",
            by=mara,
            reason="Ticket 118, of 3 May",
        )

    shown = sign_in(dora).get(request.get_absolute_url()).content.decode()
    assert (path.exists(), request.reply.sha256 in shown) == (False, True)
    assert "Erased on request" in shown
    assert sign_in(dora).get(reply).status_code == 302


def test_a_pack_prints_the_reference_and_the_checks_name_what_is_late(asked, lumaro, stridewell):
    asked(received_at=timezone.now() - timedelta(days=60))
    asked(app=stridewell)
    now = timezone.now()
    period = Period(now.date() - timedelta(days=90), now.date())
    printed = requests(lumaro, now, period)

    assert [(row["reference"], row["late"]) for row in printed["rows"]] == [("SR-0001", True), ("SR-0002", False)]
    assert WHO not in str(printed)
    assert [one.text.partition(":")[0] for one in answered_in_time(stridewell, now, period)] == ["SR-0001 Access"]


def test_a_program_hands_in_with_a_key_that_opens_nothing_else(client, lumaro, stridewell, dora):
    key, secret = services.open_intake(organisation=lumaro, label="Privacy page", app=stridewell, by=dora)
    url = reverse("dataflows:intake_api")

    def post(body, token=secret):
        return client.post(url, body, content_type="application/json", headers={"Authorization": f"Bearer {token}"})

    made = post(json.dumps({"type": "access", "name": WHO, "text": "My data"}))
    assert (made.status_code, made.json()["reference"]) == (201, "SR-0001")
    row = SubjectRequest.objects.get()
    assert (row.requester_name, row.app, row.channel) == (WHO, stridewell, "form")
    assert Entry.objects.filter(object_id=row.pk).get().origin == "api"
    wrong = [
        "[]",
        "{",
        json.dumps({"type": "all"}),
        json.dumps({"state": "closed"}),
        json.dumps({"type": 3}),
        '{"type":"a\\u0000"}',
    ]
    assert [post(body).status_code for body in wrong] == [422] * len(wrong)
    assert (post("{}", "assay_in_x").status_code, client.post(url).status_code) == (401, 401)
    services.end_intake(key=key, by=dora, reason="The page moved")
    assert (post("{}").status_code, SubjectRequest.objects.count()) == (401, 1)


def test_the_desk_works_by_form_from_receipt_to_the_file(lumaro, dora, dina, mara, sign_in):
    browser, second = sign_in(dora), sign_in(dina)
    add = reverse("dataflows:request_add", args=[lumaro.slug])
    facts = {"type": "access", "channel": "mail", "received_at": "2026-01-05T10:00", "requester_name": WHO}
    assert browser.post(add, {**facts, "type": "all"}).status_code == 422
    assert browser.post(add, facts).status_code == 302
    page = SubjectRequest.objects.get().get_absolute_url()

    def step(key, by=browser, kind="steps", **data):
        return by.post(f"{page}{kind}/{key}/", {"reason": "As agreed", **data}).status_code

    assert [step("identity"), step("confirm"), step("confirm", method="signed_in"), step("nothing")] == [
        302,
        422,
        302,
        404,
    ]
    assert step("reply", outcome="fulfilled") == 422
    assert step("reply", outcome="fulfilled", file=named("answer.txt", b"All we hold.")) == 302
    assert step("approve", kind="decisions") == 422
    assert [step("approve", second, "decisions"), step("sent"), step("close")] == [302] * 3
    assert b"".join(browser.get(f"{page}reply/").streaming_content) == b"All we hold."
    assert [sign_in(mara).get(f"{page}{end}").status_code for end in ("", "reply/", "edit/")] == [200, 403, 403]


def named(name, data):
    file = io.BytesIO(data)
    file.name = name
    return file
