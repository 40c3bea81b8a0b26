"""What the database counts is what the rows in memory say, on every day."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from compliance.accounts.models import User
from compliance.projects.models import Project
from controls.models import Implementation
from risks import services
from risks.models import Risk, RiskMethod
from risks.reading import summarise, with_everything
from risks.totals import totals
from tests.risks.conftest import SCENARIO


@pytest.fixture
def register(risk: Risk, korvo: Project, ed: User, ria: User, mara: User, score: Any, scrubber: Implementation) -> None:
    """Risks accepted twice, accepted and changed since, asked for, bare, closed, and one of another project."""
    made = [
        services.identify_risk(organisation=risk.organisation, project=risk.project, by=ed, owner=ria, **SCENARIO)
        for _ in range(4)
    ]
    for one, kind, height in ((risk, "current", 3), (made[0], "current", 2), (made[1], "current", 4)):
        score(one, "inherent", 5, 4)
        score(one, kind, height, 2)
    services.link_control(risk=risk, implementation=scrubber, by=ed)
    treatment = services.treat_risk(risk=risk, option="retain", rationale="Costs more.", by=ed)
    day = timezone.now().date() + timedelta(days=3)
    for title in ("Scrub", "Scrub again"):
        services.plan_action(treatment=treatment, title=title, owner=ed, due_date=day, by=ed)
    for one in (risk, risk, made[0]):
        asked = services.request_acceptance(risk=one, kind="residual", reason="Cheap.", by=ed)
        services.accept_risk(acceptance=asked, by=ria, reason="Fine.")
    services.request_acceptance(risk=made[1], kind="residual", reason="Cheap.", by=ed)
    score(made[0], "current", 3, 3)
    services.close_risk(risk=made[3], because="source_gone", by=ria, reason="Gone.")
    services.identify_risk(organisation=korvo.organisation, project=korvo, by=mara, **SCENARIO)


@pytest.mark.parametrize("days", [0, 10, 340, 400])
def test_totals_are_those_of_the_rows(register: None, risk: Risk, method: RiskMethod, days: int) -> None:
    day = timezone.now().date() + timedelta(days=days)
    for scope in (risk.project, risk.organisation):
        rows = Risk.objects.reaching(scope)
        for asked in (method, None):
            assert totals(rows, asked, day) == summarise(with_everything(rows), asked, day)


def test_the_totals_of_a_known_register(register: None, risk: Risk, method: RiskMethod) -> None:
    figures = totals(Risk.objects.reaching(risk.project), method, timezone.now().date()).figures

    assert {name: count for name, count in figures.items() if count} == {
        "open": 4,
        "unscored": 1,
        "outdated": 1,
        "requested": 1,
    }
