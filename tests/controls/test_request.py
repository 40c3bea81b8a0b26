"""Evidence is asked for by a day, answered, judged, and asked for again."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import product

import pytest

from compliance.accounts.models import User
from compliance.ledger import Refused, change
from compliance.packs.registry import Period, checks, sections
from compliance.projects.models import Organisation, Project
from controls import reminders
from controls.models import (
    REQUEST_MOVES,
    Evidence,
    EvidenceRequest,
    EvidenceVersion,
    Implementation,
    Recurrence,
    RequestState,
)
from controls.services.evidence import Facts, submit_evidence, submit_version
from controls.services.request import (
    CannotEnd,
    continue_requests,
    following_day,
    request_evidence,
    update_request,
    waive_request,
    withdraw_request,
)
from controls.services.review import accept_evidence, begin_review, reject_evidence, withdraw_evidence
from tests.due import due


def facts(by: User) -> Facts:
    moment = datetime(2026, 11, 1, 9, tzinfo=UTC)
    url = "https://wiki.lumaro.example/review"
    return Facts(source="Console", method="automated", collected_by=by, observed_at=moment, source_url=url)


@pytest.fixture
def ask(lumaro: Organisation, running: Implementation, ria: User, mara: User) -> Callable[..., EvidenceRequest]:
    """Ria asks Mara for the access review of the running control."""

    def asked(**details: object) -> EvidenceRequest:
        given = {"due_date": date(2026, 12, 1), "by": ria, "assignee": mara, **details}
        words = {"title": "Access review", "instruction": "All accounts, Q4, from the identity provider."}
        return request_evidence(scope=lumaro, implementation=running, **words, **given)

    return asked


@pytest.fixture
def request_(ask: Callable[..., EvidenceRequest]) -> EvidenceRequest:
    return ask()


def answer(request: EvidenceRequest, by: User) -> Evidence:
    about = {"title": "Review", "shows": "All reviewed.", "kind": "system_report"}
    return submit_evidence(scope=request.organisation, facts=facts(by), request=request, by=by, **about)


def judged(evidence: Evidence, by: User, verdict: str) -> None:
    version = begin_review(version=evidence.versions.get(latest=True), by=by)
    if verdict == "accept":
        accept_evidence(version=version, by=by, note="Complete.")
    else:
        reject_evidence(version=version, by=by, code="undated")


def now(request: EvidenceRequest) -> str:
    return EvidenceRequest.objects.get(pk=request.pk).state


def test_an_answer_is_about_what_was_asked_and_the_verdict_settles_it(request_, running, mara, ria) -> None:
    evidence = answer(request_, mara)
    assert [link.implementation for link in evidence.implementation_links.all()] == [running]
    assert (request_.reference, now(request_)) == ("ER-001", "submitted")

    judged(evidence, ria, "reject")
    assert now(request_) == "requested"
    submit_version(evidence=evidence, facts=facts(mara), by=mara)
    assert now(request_) == "submitted"
    judged(evidence, ria, "accept")

    assert now(request_) == "fulfilled"


def test_an_answer_that_is_withdrawn_leaves_the_request_open(request_, mara) -> None:
    evidence = answer(request_, mara)

    withdraw_evidence(version=evidence.versions.get(), by=mara, reason="Wrong system")

    assert now(request_) == "requested"


ENDS = {
    "submitted": lambda one, mara, ria: answer(one, mara),
    "waived": lambda one, mara, ria: waive_request(request=one, by=ria, reason="Not used this quarter"),
    "withdrawn": lambda one, mara, ria: withdraw_request(request=one, by=ria, reason="Asked twice"),
}


@pytest.mark.parametrize(("start", "to"), list(product(RequestState.values, ENDS)))
def test_each_step_is_taken_or_refused_in_words(start: str, to: str, request_, mara: User, ria: User) -> None:
    with change(by=mara):
        request_.state = start
        request_.save()

    if to in REQUEST_MOVES[start]:
        ENDS[to](request_, mara, ria)
        assert now(request_) == to
    else:
        with pytest.raises(Refused, match=rf"ER-001 is {start}: it (cannot become {to} from there|takes no more ans)"):
            ENDS[to](request_, mara, ria)
        assert now(request_) == start


def test_nobody_waives_what_waits_for_them_not_even_an_administrator(request_, mara: User) -> None:
    with pytest.raises(CannotEnd, match="somebody else has to waive it"):
        waive_request(request=request_, by=mara, reason="No time")


def test_only_people_of_the_place_are_asked(ask, request_, otto: User, mara: User) -> None:
    with pytest.raises(Refused, match="Otto has no role in Lumaro"):
        ask(assignee=otto)
    with pytest.raises(Refused, match="Otto has no role in Lumaro"):
        update_request(request=request_, by=mara, assignee=otto)


def test_a_recurring_request_asks_again_when_its_day_comes_and_only_once(ask) -> None:
    first = ask(recurrence=Recurrence.QUARTERLY, due_date=date(2026, 6, 30))

    made = continue_requests(datetime(2026, 11, 22, tzinfo=UTC))

    assert [(one.due_date, one.follows) for one in made] == [
        (date(2026, 9, 30), first),
        (date(2026, 12, 31), made[0]),
    ]
    assert continue_requests(datetime(2026, 11, 22, tzinfo=UTC)) == []


def test_it_also_asks_again_when_it_is_fulfilled_and_never_when_withdrawn(ask, mara: User, ria: User) -> None:
    yearly = ask(recurrence=Recurrence.YEARLY)
    judged(answer(yearly, mara), ria, "accept")
    assert yearly.next.due_date == date(2027, 12, 1)

    withdraw_request(request=yearly.next, by=ria, reason="Now automated")

    assert continue_requests(datetime(2030, 1, 1, tzinfo=UTC)) == []


def test_what_is_asked_waits_for_its_person_and_is_told_when_overdue(request_, lumaro, mara: User) -> None:
    late = datetime(2026, 12, 2, tzinfo=UTC)
    period = Period(date(2026, 1, 1), date(2026, 12, 31))

    (line,) = due(reminders.evidence_requested, lumaro, late)
    assert (line.owner, line.date, line.state) == (mara.name, date(2026, 12, 1), "overdue")
    section, control = sections["evidence_requests"], request_.implementation.control.reference
    assert [section.ask(lumaro, late, period, about)["late"] for about in ("", control, "another")] == [1, 1, 0]
    told = [one.text for one in checks["PF28"].source(lumaro, late, period)]
    assert told == ["ER-001 Access review: asked of Mara, due 1 Dec 2026, not answered."]


@pytest.mark.parametrize(
    ("day", "recurrence", "following"),
    [
        (date(2026, 1, 31), "monthly", date(2026, 2, 28)),
        (date(2026, 2, 28), "monthly", date(2026, 3, 31)),
        (date(2026, 8, 15), "half_yearly", date(2027, 2, 15)),
        (date(2028, 2, 29), "yearly", date(2029, 2, 28)),
    ],
)
def test_the_next_day_keeps_to_the_calendar(day: date, recurrence: str, following: date) -> None:
    assert following_day(day, recurrence) == following


def test_a_rule_of_the_control_goes_before_the_usual_freshness(running, lumaro: Organisation, mara: User) -> None:
    with change(by=mara):
        running.evidence_days = 10
        running.save()
    given = {"title": "Review", "shows": "All.", "kind": "policy", "facts": facts(mara), "by": mara}

    submit_evidence(scope=lumaro, **given, request=ask_for(lumaro, running, mara))
    submit_evidence(scope=lumaro, **given)

    days = EvidenceVersion.objects.order_by("evidence__reference").values_list("valid_until", flat=True)
    assert list(days) == [date(2026, 11, 11), date(2027, 11, 1)]


def ask_for(scope: Organisation | Project, running: Implementation, by: User) -> EvidenceRequest:
    words = {"title": "Review", "instruction": "Q4", "due_date": date(2026, 12, 1)}
    return request_evidence(scope=scope, implementation=running, assignee=by, by=by, **words)
