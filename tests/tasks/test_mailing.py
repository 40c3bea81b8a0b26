"""Reminders by mail and calendar: once, when asked for, to whom they belong, and with proof that they ran."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from compliance.accounts.models import User
from compliance.approvals.services import decide, request_approval
from compliance.packs.registry import Period, sections
from compliance.projects.models import Organisation, Project
from compliance.projects.services import plan_release
from compliance.tasks.models import MailPreference, ReminderRun, stale_since
from compliance.tasks.registry import Due, Reminder, reminders
from compliance.tasks.reminding import terms
from compliance.tasks.services import add_task, waiting_for
from compliance.tasks.services.mailing import remind

SignIn = Callable[[User], Client]
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday, 10:00 in Berlin


def give(scope: Organisation | Project, to: User, title: str, days: int) -> None:
    add_task(scope=scope, title=title, assignee=to, due_date=NOW.date() + timedelta(days=days), by="tests")


def told() -> list[tuple[str, str]]:
    found = [(one.to[0].partition("@")[0], one.subject) for one in mail.outbox]
    mail.outbox.clear()
    return sorted(found)


@pytest.fixture
def clock(ed: User) -> Iterator[None]:
    """A legal clock of Ed's that ends tomorrow, and one nobody is named for."""

    def find(scope: object, at: datetime) -> Iterator[Due]:
        yield Due("Tell the authority", "/breach", date(2026, 11, 24), owner=ed)

    reminders.add("test-clock", Reminder("test-clock", "incident", find, urgent=True))
    yield
    reminders._items.pop("test-clock")


@pytest.mark.once
@pytest.mark.parametrize(
    ("digest", "hour", "quiet", "at", "last", "due"),
    [
        ("daily", 7, (20, 6), NOW, None, True),
        ("daily", 11, (20, 6), NOW, None, False),
        ("daily", 7, (9, 12), NOW, None, False),
        ("daily", 7, (20, 6), NOW, NOW - timedelta(hours=2), False),
        ("daily", 7, (20, 6), NOW, NOW - timedelta(days=1), True),
        ("weekly", 7, (20, 6), NOW, None, True),
        ("weekly", 7, (20, 6), NOW + timedelta(days=1), None, False),
        ("never", 7, (20, 6), NOW, None, False),
    ],
)
def test_a_digest_comes_when_it_was_asked_for(
    digest: str, hour: int, quiet: tuple[int, int], at: datetime, last: datetime | None, due: bool
) -> None:
    kept = MailPreference(digest=digest, weekday=0, hour=hour, quiet_from=quiet[0], quiet_until=quiet[1])
    assert kept.is_due(at, last) is due


def test_one_digest_a_day_and_none_without_anything_due(ed: User, mara: User, stridewell: Project) -> None:
    give(stridewell, ed, "Rotate the keys", -2)
    give(stridewell, ed, "Later", 40)
    assert remind(at=NOW) == 1
    (sent,) = mail.outbox
    lines = [line for line in sent.body.splitlines() if line.startswith("- ")]
    assert (sent.subject, lines) == ("Your tasks: 1 overdue", ["- Rotate the keys (T-0001)"])
    told()
    assert (remind(at=NOW + timedelta(hours=1)), told()) == (0, [])
    assert (remind(at=NOW + timedelta(days=1)), told()) == (1, [("ed", "Your tasks: 1 overdue")])


def test_a_clock_is_mailed_at_once_and_once_a_day(clock: None, ed: User, stridewell: Project) -> None:
    MailPreference.objects.create(user=ed, digest="never")
    night = NOW.replace(hour=2)
    assert (remind(at=night), told()) == (1, [("ed", "Due tomorrow: Tell the authority")])
    assert (remind(at=NOW), told()) == (0, [])
    assert (remind(at=NOW + timedelta(days=1)), told()) == (1, [("ed", "Due today: Tell the authority")])


def test_what_waits_too_long_is_told_to_somebody_else_once_and_why(ed: User, mara: User, stridewell: Project) -> None:
    for user in (ed, mara):
        MailPreference.objects.create(user=user, digest="never")
    give(stridewell, ed, "Rotate the keys", -8)
    assert remind(at=NOW) == 1
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([mara.email], "1 overdue for 7 days or more in Lumaro")
    why = "because you are compliance officer: whatever is overdue for 7 days"
    assert (why in sent.body, "8 days overdue, with Ed" in sent.body) == (True, True)
    told()
    assert (remind(at=NOW + timedelta(days=1)), told()) == (0, [])
    assert [one.to for one in terms().steps] == ["compliance_officer", "executive"]


def test_each_day_they_ran_is_kept_and_printed(
    ed: User, mara: User, lumaro: Organisation, stridewell: Project, sign_in: SignIn
) -> None:
    assert stale_since(lumaro) is False
    give(stridewell, ed, "Rotate the keys", -1)
    now = timezone.now()
    for days in (3, 2):
        remind(at=now - timedelta(days=days))
    run = ReminderRun.objects.in_organisation(lumaro).last()
    assert run is not None
    assert (run.on_date, stale_since(lumaro)) == ((now - timedelta(days=2)).date(), run)
    page = sign_in(mara).get(reverse("tasks:runs", args=[lumaro.slug]))
    assert (page.context["listing"].total, page.context["stale"]) == (2, run)
    assert sign_in(ed).get(reverse("tasks:runs", args=[lumaro.slug])).status_code == 403
    remind(at=now)
    assert stale_since(lumaro) is None
    today = now.date()
    found = sections["reminders"].source(lumaro, timezone.now(), Period(today - timedelta(days=30), today))
    assert (found["days"], found["gap"]) == (3, 1)


def test_a_calendar_opens_to_its_secret_only(ed: User, stridewell: Project, sign_in: SignIn) -> None:
    client, day = sign_in(ed), timezone.now().date() + timedelta(days=3)
    add_task(scope=stridewell, title="Rotate; the, keys", assignee=ed, due_date=day, by="tests")
    assert client.get(reverse("tasks:mail")).status_code == 200
    first, second = (
        client.post(reverse("tasks:calendar_make")).context["address"].partition("localhost:8000")[2] for _ in "12"
    )
    assert Client().get(first).status_code == 404
    answer = Client().get(second)
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (answer["Content-Type"], str(event["summary"]), event.decoded("dtstart")) == (
        "text/calendar; charset=utf-8",
        "Rotate; the, keys",
        day,
    )
    assert MailPreference.objects.get(user=ed).calendar_sha256 != second
    client.post(reverse("tasks:calendar_close"))
    assert Client().get(second).status_code == 404


def test_how_one_is_told_is_ones_own_choice(ed: User, sign_in: SignIn) -> None:
    client, url = sign_in(ed), reverse("tasks:mail")
    given = {"digest": "weekly", "weekday": 4, "hour": 8, "quiet_from": 18, "quiet_until": 8, "zone": "Europe/Vienna"}
    assert client.post(url, {**given, "zone": "Nowhere/Land"}).status_code == 422
    assert client.post(url, given).url == url
    assert MailPreference.objects.get(user=ed).digest == "weekly"


def test_what_is_put_forward_waits_for_those_who_may_decide(
    ed: User, ria: User, mara: User, ada: User, stridewell: Project, sign_in: SignIn
) -> None:
    release = plan_release(project=stridewell, name="4.2.0", by=ed)
    facts = {"SQ-001": "Encrypted"}
    asked = request_approval(subject=release, purpose="requirements", facts=facts, scope=stridewell, by=ed)
    title = f"Approve the security requirements of {release.reference}"
    found = {user.name: [line.title for line in waiting_for(user, timezone.now())] for user in (ed, ria, mara, ada)}
    assert found == {"Ed": [], "Ria": [title], "Mara": [title], "Ada": []}
    (line,) = waiting_for(ria, timezone.now())
    assert sign_in(ria).get(line.url).url == reverse(
        "risks:release_requirements", args=[stridewell.slug, release.reference]
    )
    decide(approval=asked, approve=True, facts=facts, by=ria, reason="Read")
    assert waiting_for(ria, timezone.now()) == []
