"""The pages of requests, tests and samples, walked as people walk them."""

from collections.abc import Callable
from datetime import date, timedelta

from django.test import Client
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects.models import Project
from controls.models import ControlTest, EvidenceRequest, Implementation, Sample
from controls.services.control_test import plan_test
from controls.services.request import request_evidence
from tests.queries import assert_steady

SignIn = Callable[[User], Client]
ORG = "/organisations/lumaro"


def in_a_week() -> date:
    return timezone.now().date() + timedelta(days=7)


def test_evidence_is_asked_for_and_answered(running: Implementation, mara: User, ria: User, sign_in: SignIn) -> None:
    client = sign_in(mara)
    form = {"title": "Restore test", "instruction": "Of Q4", "assignee": ria.pk, "recurrence": "quarterly"}
    asked = client.post(
        f"{ORG}/evidence/requests/add/", {**form, "implementation": running.pk, "due_date": str(in_a_week())}
    )
    assert (asked.status_code, asked.url) == (302, f"{ORG}/evidence/requests/ER-001/")

    page = sign_in(ria).get(f"{ORG}/evidence/add/?request=ER-001")
    assert page.context["form"].initial["implementations"] == [running.pk]
    facts = {"title": "Restore", "shows": "It took 3 h.", "kind": "test_result", "nature": "point_in_time"}
    whence = {"observed_at": "2026-11-01T09:00", "source": "Console", "method": "automated"}
    rest = {"source_url": "https://wiki.example/1", "collected_by": ria.pk, "classification": "internal"}
    answered = sign_in(ria).post(
        f"{ORG}/evidence/add/?request=ER-001", {**facts, **whence, **rest, "population": 4, "delivered": 4}
    )

    assert answered.status_code == 302
    assert EvidenceRequest.objects.get().state == "submitted"
    shown = client.get(f"{ORG}/evidence/requests/ER-001/").context["answers"]
    assert [one["url"] for one in shown] == [f"{ORG}/evidence/EV-001/"]


def test_a_request_into_the_past_or_to_nobody_is_refused_on_the_form(running, mara: User, sign_in: SignIn) -> None:
    form = {"title": "Logs", "instruction": "Q4", "assignee": "nobody", "recurrence": "once", "due_date": "2020-01-01"}

    answer = sign_in(mara).post(f"{ORG}/evidence/requests/add/?implementation=nonsense", form)

    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"assignee", "due_date"})


def test_a_test_is_planned_drawn_and_concluded(running: Implementation, mara: User, ria: User, sign_in: SignIn) -> None:
    tester = mara
    running.owner, plan = ria, {"method": "test", "objective": "Restores work", "procedure": "Do.", "criteria": "Not."}
    with change(by=mara):
        running.save()
    client = sign_in(tester)
    planned = client.post(
        f"{ORG}/evidence/tests/add/",
        {**plan, "implementation": running.pk, "tester": tester.pk, "planned_date": str(in_a_week())},
    )
    assert planned.url == f"{ORG}/evidence/tests/CT-001/"
    client.post(f"{ORG}/evidence/tests/CT-001/start/")
    lines = "id,team\n" + "".join(f"{n},{'a' if n % 2 else 'b'}\n" for n in range(1, 11))
    frozen = client.post(
        f"{ORG}/evidence/tests/CT-001/population/", {"source": "Console", "lines": lines, "has_header": "on"}
    )
    assert frozen.url == f"{ORG}/evidence/samples/SM-001/"
    client.post(frozen.url, {"draw": "stratified", "size": 2, "stratum": "team"})
    sample = Sample.objects.get()
    found = {f"verdict-{item.position}": "conforms" for item in sample.items.all()}
    client.post(frozen.url, {**found, "extrapolation": ""})
    assert client.get(f"{frozen.url}?again=1").context["repeats"] == "same"

    done = client.post(
        f"{ORG}/evidence/tests/CT-001/conclude/", {"result": "effective", "conclusion": "Both restored."}
    )

    assert done.status_code == 302
    assert [item.verdict for item in sample.items.all()] == ["conforms", "conforms"]
    assert ControlTest.objects.get().state == "concluded"


def test_lists_cost_the_same_for_one_row_and_for_three(
    running: Implementation,
    project_backups: Implementation,
    stridewell: Project,
    mara: User,
    ria: User,
    sign_in: SignIn,
) -> None:
    client = sign_in(mara)
    plan = {"method": "test", "objective": "Works", "procedure": "Do.", "criteria": "Not.", "planned_date": in_a_week()}

    def more(number: int) -> None:
        plan_test(implementation=running, tester=ria, by=mara, **plan)
        words = {"title": "Logs", "instruction": "Q4", "due_date": in_a_week()}
        request_evidence(scope=stridewell, assignee=mara, by=ria, implementation=project_backups, **words)

    for page in ("evidence/tests", "evidence/requests"):
        assert_steady(client, f"{ORG}/{page}/", more)
