from datetime import date

import pytest
from django.urls import reverse

from compliance.accounts.models import User
from compliance.ledger import Refused
from compliance.projects.models import Project
from compliance.tasks import services
from compliance.tasks.models import Task

DAY = date(2026, 12, 1)


@pytest.fixture
def task(ed: User, mara: User, stridewell: Project) -> Task:
    return services.add_task(scope=stridewell, title="Rotate the keys", assignee=ed, due_date=DAY, by=mara)


def test_a_task_belongs_to_its_project(task: Task, stridewell: Project) -> None:
    assert (task.reference, task.state, task.stream) == ("T-0001", "open", stridewell.stream)
    assert task.get_absolute_url() == f"/projects/{stridewell.slug}/tasks/T-0001/"


def test_only_somebody_with_a_role_gets_a_task(otto: User, mara: User, stridewell: Project) -> None:
    with pytest.raises(Refused, match="Otto has no role in Stridewell"):
        services.add_task(scope=stridewell, title="Look", assignee=otto, due_date=DAY, by=mara)
    assert not Task.objects.exists()


@pytest.mark.parametrize("address", ["https://example.com", "//example.com", "/\\example.com", "javascript:1"])
def test_a_task_leads_nowhere_else(address: str, ed: User, mara: User, stridewell: Project) -> None:
    with pytest.raises(Refused, match="begins with one slash"):
        services.add_task(scope=stridewell, title="Look", assignee=ed, due_date=DAY, by=mara, source_url=address)


def test_done_and_reopened(task: Task, ed: User) -> None:
    services.finish_task(task=task, by=ed, outcome="Rotated, next in a year")
    task.refresh_from_db()
    assert (task.state, task.outcome, task.closed_at is None) == ("done", "Rotated, next in a year", False)
    services.reopen_task(task=task, by=ed, reason="One key was forgotten")
    task.refresh_from_db()
    assert (task.state, task.outcome, task.closed_at) == ("open", "", None)


def test_cancelling_and_reopening_need_a_reason(task: Task, ed: User) -> None:
    with pytest.raises(Refused, match="why"):
        services.cancel_task(task=task, by=ed, reason=" ")
    services.cancel_task(task=task, by=ed, reason="The keys are gone")
    with pytest.raises(Refused, match="why"):
        services.reopen_task(task=task, by=ed, reason="")
    assert Task.objects.get().state == "cancelled"


def test_moves_that_are_none(task: Task, ed: User) -> None:
    with pytest.raises(services.NotOpen):
        services.reopen_task(task=task, by=ed, reason="It is open")
    services.finish_task(task=task, by=ed)
    for move in (
        lambda: services.finish_task(task=task, by=ed),
        lambda: services.cancel_task(task=task, by=ed, reason="No"),
        lambda: services.update_task(task=task, by=ed, title="Other"),
    ):
        with pytest.raises(services.NotOpen):
            move()


def test_the_pages_from_giving_to_done(ed: User, stridewell: Project, sign_in) -> None:
    browser = sign_in(ed)
    given = {"title": "Ask the DPO", "assignee": str(ed.pk), "due_date": "2026-12-01"}
    answer = browser.post(reverse("tasks:project_add", args=[stridewell.slug]), given)
    assert (answer.status_code, answer.url) == (302, reverse("tasks:project", args=[stridewell.slug]))
    task = Task.objects.get()
    assert browser.get(task.get_absolute_url()).status_code == 200
    changed = {**given, "title": "Ask the DPO today", "version": "1"}
    assert browser.post(f"{task.get_absolute_url()}edit/", changed).status_code == 302
    assert browser.post(f"{task.get_absolute_url()}edit/", {**changed, "title": "Too late"}).status_code == 409
    assert browser.post(f"{task.get_absolute_url()}finish/", {"outcome": "Asked"}).status_code == 302
    closed = browser.get(reverse("tasks:project", args=[stridewell.slug]), {"closed": 1})
    assert [str(row) for row in closed.context["listing"].page] == ["Ask the DPO today"]


def test_a_wrong_task_is_refused_beside_its_field(ed: User, stridewell: Project, sign_in) -> None:
    page = reverse("tasks:project_add", args=[stridewell.slug])
    answer = sign_in(ed).post(page, {"title": "", "assignee": str(ed.pk), "due_date": "31 Feb"})
    assert (answer.status_code, sorted(answer.context["form"].errors)) == (422, ["due_date", "title"])
