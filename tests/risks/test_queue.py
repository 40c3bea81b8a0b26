"""Fifty risks are reviewed in one sitting, for one reason; what changed since and why it is due stands beside each."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from compliance.accounts.models import User
from compliance.projects.models import Organisation, Project
from risks import services
from risks.models import Risk, RiskPosition
from tests.risks.conftest import SCENARIO

SignIn = Callable[[User], Client]
QUEUE = "/projects/stridewell/risks/queue/"


def add(project: Project, by: User, score: Callable[..., Any], number: int) -> Risk:
    risk = services.identify_risk(
        organisation=project.organisation, project=project, by=by, **{**SCENARIO, "title": f"Risk {number}"}
    )
    score(risk, "current", 3, 4)
    return Risk.objects.get(pk=risk.pk)


def test_a_sitting_is_recorded_whole_or_not_at_all(
    risk: Risk, score: Callable[..., Any], stridewell: Project, lumaro: Organisation, ed: User, sign_in: SignIn
) -> None:
    score(risk, "current", 3, 4)
    other = add(stridewell, ed, score, 2)
    client, today = sign_in(ed), timezone.now().date()
    assert client.get(QUEUE).context["cards"] == []
    services.evaluate(lumaro, at=timezone.now() + timedelta(days=120))

    shown = client.get(QUEUE).context["cards"]
    assert [(card.risk.reference, [one.event for one in asked]) for card, asked, _ in shown] == [
        ("R-001", ["review_reached"]),
        ("R-002", ["review_reached"]),
    ]
    data = {"risk": [str(risk.pk), str(other.pk)], f"answer-{risk.pk}": "unchanged", f"answer-{other.pk}": "again"}
    wrong = client.post(QUEUE, {**data, f"likelihood-{other.pk}": "1", "reason": "Quarterly."})
    assert wrong.context["form"].errors == {f"rationale-{other.pk}": ["Say why R-002 stands there now."]}
    assert client.post(QUEUE, {**data, "reason": "", f"rationale-{other.pk}": "Rarer."}).status_code == 422
    assert client.post(QUEUE, {"risk": ["nonsense"], "reason": "Quarterly."}).status_code == 422

    done = client.post(
        QUEUE, {**data, f"likelihood-{other.pk}": "1", f"rationale-{other.pk}": "Rarer.", "reason": "Q4."}
    )
    assert done.status_code == 302
    assert RiskPosition.objects.get(risk=other).level == "low"
    dates = dict(Risk.objects.values_list("reference", "next_review_date"))
    assert dates == {"R-001": today + timedelta(days=90), "R-002": today + timedelta(days=365)}
    assert client.get(QUEUE).context["cards"] == []


def test_the_queue_asks_as_much_for_three_as_for_one(
    risk: Risk, score: Callable[..., Any], stridewell: Project, ed: User, sign_in: SignIn, queries: Any
) -> None:
    client = sign_in(ed)
    add(stridewell, ed, score, 2)
    counts = []
    for number in (3, 4, 5):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        add(stridewell, ed, score, number)
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"{QUEUE}?show=open").status_code == 200
        counts.append(len(found))
    assert counts[1:] == counts[:1] * 2
