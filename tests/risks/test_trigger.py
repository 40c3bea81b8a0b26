"""What happened to what a risk rests on asks for another look: once, with its reason, and without changing a number."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects.models import Organisation, Project
from compliance.projects.services import plan_release
from controls.models import Effectiveness, Implementation
from controls.services.control_test import conclude_test, plan_test, start_test
from risks import services
from risks.models import Reassessment, Risk, RiskPosition
from risks.services.register import move_risk
from risks.triggering import Hit, Trigger, found, rules

NOW = timezone.now


@pytest.fixture
def relied(risk: Risk, scrubber: Implementation, score: Callable[..., Any], ed: User) -> Risk:
    """A risk that was evaluated and relies on the scrubber."""
    score(risk, "current", 3, 4)
    services.link_control(risk=risk, implementation=scrubber, by=ed)
    return move_risk(risk=Risk.objects.get(), verb="evaluate", by=ed)


def numbers() -> list[tuple[Any, ...]]:
    return list(RiskPosition.objects.order_by("pk").values_list("pk", "likelihood", "consequence", "level", "version"))


def test_an_ineffective_test_asks_once_with_its_reason_and_changes_no_number(
    relied: Risk, scrubber: Implementation, lumaro: Organisation, mara: User, ria: User
) -> None:
    before = numbers()
    said: dict[str, Any] = {
        "method": "test",
        "objective": "Does it strip?",
        "procedure": "Send one.",
        "criteria": "No.",
    }
    day = timezone.now().date()
    planned = plan_test(implementation=scrubber, **said, tester=mara, planned_date=day, by=mara)
    start_test(test=planned, by=mara)
    test = conclude_test(test=planned, result=Effectiveness.INEFFECTIVE, conclusion="It leaks.", by=mara)

    (asked,) = Reassessment.objects.all()
    assert asked.reason.startswith(f"Control {scrubber.reference} was tested ineffective on ")
    assert (asked.target_reference, asked.owner, asked.severity) == (relied.reference, ria, "high")
    assert asked.due_date == (test.concluded_at + timedelta(days=10)).date()
    assert Risk.objects.get().state == "review_due"
    assert services.evaluate(lumaro) == []
    assert numbers() == before

    services.review_risk(risk=Risk.objects.get(), by=ria, reason="The scrubber is one of three layers.")
    asked.refresh_from_db()
    assert (asked.is_open, asked.outcome) == (False, "The scrubber is one of three layers.")
    assert Risk.objects.get().state == "evaluated"
    assert services.evaluate(lumaro) == []


def test_a_release_a_day_and_a_new_method_each_ask_once(
    relied: Risk, stridewell: Project, lumaro: Organisation, mara: User, ria: User
) -> None:
    later = timezone.now() + timedelta(days=400)
    plan_release(project=stridewell, name="5.0.0", change_class="major", planned_date=later.date(), by=mara)
    draft = services.draft_method(organisation=lumaro, by=mara)
    services.approve_method(method=draft, by=ria, reason="Clearer words.")

    asked = {row.event: row for row in services.evaluate(lumaro, at=later)}
    assert set(asked) == {"release_major", "method_changed", "review_reached"}
    assert asked["release_major"].reason == "Release 5.0.0 of Stridewell is a major one."
    assert "before RM-1.1 came into force" in asked["method_changed"].reason
    assert services.evaluate(lumaro, at=later) == []
    assert RiskPosition.objects.get().method.label == "RM-1.0"


def test_a_run_that_is_killed_is_finished_by_the_next(relied: Risk, lumaro: Organisation, monkeypatch: Any) -> None:
    hits = [Hit(relied, f"test:{number}", "Something happened.", timezone.now()) for number in range(3)]
    monkeypatch.setattr("risks.services.trigger.CHUNK", 1)

    def dying() -> Any:
        yield from hits[:2]
        raise KeyboardInterrupt

    one = Trigger("incident_closed", "risk", lambda organisation, at: hits)
    with pytest.raises(KeyboardInterrupt):
        services.trigger.ask(one, dying(), lumaro)
    assert Reassessment.objects.count() == 2
    assert len(services.trigger.ask(one, hits, lumaro)) == 1
    assert services.trigger.ask(one, hits, lumaro) == []


@pytest.mark.once
def test_every_finder_stands_under_an_event_of_the_file_that_is_well_said() -> None:
    assert {one.event for one in found()} <= set(rules())
    for rule in rules().values():
        assert all((rule.title, rule.action, rule.affects))
        assert rule.days >= 0
        assert rule.severity in {"low", "medium", "high", "critical"}


def test_who_only_looks_changes_nothing(relied: Risk, lumaro: Organisation) -> None:
    with change(by="tests"):
        assert services.evaluate(lumaro) == []
    assert Reassessment.objects.count() == 0
