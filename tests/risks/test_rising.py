"""What rises if a control fails, and how risks moved: drawn from assessed positions, never from invented numbers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from compliance.accounts.models import User
from compliance.projects.models import Organisation
from controls.models import Implementation
from risks import services
from risks.figures import days_of, figures
from risks.models import Risk
from risks.panels import risks_of_control
from risks.reading import with_rise
from risks.rising import picture, rises
from risks.totals import ways

SignIn = Callable[[User], Client]


def test_a_risk_could_rise_to_its_inherent_level_when_its_control_fails(
    risk: Risk, scrubber: Implementation, score: Callable[..., Any], ed: User, sign_in: SignIn
) -> None:
    services.link_control(risk=risk, implementation=scrubber, by=ed)
    score(risk, "current", 2, 4)
    read = lambda: with_rise(Risk.objects.all())  # noqa: E731
    (unknown,) = rises(read(), [scrubber.pk])
    assert (unknown.rises, unknown.said) == (False, "unknown: no inherent position")

    score(risk, "inherent", 5, 4)
    (one,) = rises(read(), [scrubber.pk])
    assert (one.now, one.ceiling, one.others, one.said) == (1, 3, (), "up to critical, nothing else holds it")
    drawn = picture([one], "CI-001")
    assert drawn.description == "1 risk relies on CI-001: 1 could rise, 1 of them with no other control that counts."
    assert ways(Risk.objects.all()) == {("inherent", "current"): {((5, 4), (2, 4)): 1}}
    assert (risks_of_control(scrubber) or {})["picture"].bars == drawn.bars
    base = "/projects/stridewell/risks/"
    page = sign_in(ed).get(f"{base}failing/{scrubber.reference}/")
    assert [found.reference for found in page.context["rises"]] == [risk.reference]
    assert sign_in(ed).get(f"{base}heat-map/").context["moves"][0].ways[0].count == 1


def test_key_figures_are_read_from_the_history(
    risk: Risk, score: Callable[..., Any], lumaro: Organisation, ed: User, ria: User, sign_in: SignIn
) -> None:
    before = timezone.now()
    score(risk, "current", 3, 4)
    assert risk.project
    streams, later = [risk.project.stream], timezone.now() + timedelta(days=70)
    first, *_, last = figures(streams, lumaro.stream, later)

    assert (first.open, first.levels["high"], first.appetite, first.overdue) == (1, 1, 1, 0)
    assert (last.day, last.open, last.overdue) == (later.date(), 1, 0)
    assert figures(streams, lumaro.stream, before)[-1].levels["high"] == 0
    page = sign_in(ed).get("/projects/stridewell/risks/figures/")
    assert [one.levels["high"] for one in page.context["months"]] == [1]
    assert len(days_of(later)) == 13
