"""Scores follow the method in force; what looks odd is said, what is outside the scale is refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import Refused
from compliance.projects.models import Project
from controls.models import Implementation
from risks import services
from risks.models import Risk, RiskMethod, RiskPosition
from risks.services.positions import by_kind, lower_than_parts, warnings
from tests.risks.conftest import SCENARIO


def test_a_first_score_makes_a_risk_analysed_and_sets_its_review(risk: Risk, score: Any) -> None:
    position = score(risk, "current", 3, 4)

    risk.refresh_from_db()
    assert (position.level, position.method.label, risk.state) == ("high", "RM-1.0", "analysed")
    assert risk.next_review_date == timezone.now().date() + timedelta(days=90)


def test_a_worse_score_brings_the_review_forward_and_a_better_one_leaves_it(risk: Risk, score: Any) -> None:
    score(risk, "current", 3, 4)
    score(risk, "current", 5, 5)
    worse = risk.next_review_date
    score(risk, "current", 1, 1)

    assert worse == timezone.now().date() + timedelta(days=30)
    assert risk.next_review_date == worse
    assert RiskPosition.objects.count() == 1


@pytest.mark.parametrize(
    ("likelihood", "consequence", "said"),
    [
        (6, 1, "Likelihood 6 is outside the scale of RM-1.0: choose 1 to 5."),
        (1, 0, "Consequence 0 is outside the scale of RM-1.0: choose 1 to 5."),
        ("3", 3, "Likelihood 3 is outside the scale of RM-1.0: choose 1 to 5."),
    ],
)
def test_a_score_outside_the_scale_is_refused_and_nothing_stored(
    risk: Risk, score: Any, likelihood: int, consequence: int, said: str
) -> None:
    with pytest.raises(services.OutsideScale) as refused:
        score(risk, "current", likelihood, consequence)

    assert str(refused.value) == said
    assert RiskPosition.objects.count() == 0
    risk.refresh_from_db()
    assert risk.state == "identified"


def test_a_score_needs_a_rationale(risk: Risk, ed: User) -> None:
    with pytest.raises(Refused, match="Rationale: say why the current position is 2 × 2"):
        services.assess_risk(risk=risk, kind="current", likelihood=2, consequence=2, rationale=" ", by=ed)


def test_without_a_method_nothing_is_scored(stridewell: Project, ed: User, score: Any) -> None:
    risk = services.identify_risk(organisation=stridewell.organisation, project=stridewell, by=ed, **SCENARIO)

    with pytest.raises(Refused, match="No risk method is in force"):
        score(risk, "current", 1, 1)


def test_a_new_method_leaves_old_scores_alone(
    risk: Risk, score: Any, method: RiskMethod, mara: User, ria: User
) -> None:
    score(risk, "current", 2, 2)
    draft = services.draft_method(
        organisation=risk.organisation, by=mara, matrix=[["high"] * 5] * 4 + [["critical"] * 5]
    )
    services.approve_method(method=draft, by=ria, reason="Stricter.")

    position = risk.positions.get()
    assert (position.level, position.method) == ("low", method)


def test_odd_positions_are_said_not_refused(risk: Risk, score: Any, scrubber: Implementation, ed: User) -> None:
    score(risk, "inherent", 2, 2)
    score(risk, "current", 4, 4)
    score(risk, "residual", 5, 5)

    link = services.link_control(risk=risk, implementation=scrubber, by=ed)
    assert warnings(by_kind(risk.positions.all()), [link]) == [
        "The current position is higher than the inherent one: controls rarely make things worse.",
        "The residual position is higher than the current one: treatment should not raise the risk.",
    ]


def test_a_fall_without_a_control_that_counts_is_said(
    risk: Risk, score: Any, scrubber: Implementation, ed: User
) -> None:
    score(risk, "inherent", 4, 4)
    score(risk, "current", 2, 2)
    positions = by_kind(risk.positions.all())

    assert warnings(positions, []) == ["The score falls, but no control is linked that would explain it."]
    link = services.link_control(risk=risk, implementation=scrubber, by=ed)
    assert warnings(positions, [link]) == []
    scrubber.effectiveness = "ineffective"
    link.implementation = scrubber
    assert warnings(positions, [link]) == [
        f"The current score is lower than the inherent one, but no linked control counts today ({scrubber.reference})."
    ]


def test_a_scenario_lower_than_a_part_of_it_says_why(risk: Risk, score: Any, ed: User) -> None:
    fields = {**SCENARIO, "title": "The app leaks", "parent": None}
    whole = services.identify_risk(organisation=risk.organisation, project=risk.project, by=ed, **fields)
    services.update_risk(risk=risk, parent=whole, by=ed)
    score(risk, "current", 4, 4)
    score(whole, "current", 2, 2)

    assert lower_than_parts(whole, [risk]) == (
        f"It stands lower than {risk.reference}, a part of it: assess it again, or write down why (edit it)."
    )
    services.update_risk(risk=whole, lower_because="The part is rare among all crashes.", by=ed)
    assert lower_than_parts(whole, [risk]) == ""
    with pytest.raises(Refused, match="no parts of its own"):
        services.update_risk(risk=whole, parent=risk, by=ed)


def test_a_closed_risk_is_not_scored(risk: Risk, score: Any, ed: User) -> None:
    services.close_risk(risk=risk, because="merged", by=ed, reason="Part of R-002.")

    with pytest.raises(services.CannotMove, match="R-001 is closed: reopen it first"):
        score(risk, "current", 1, 1)


def test_the_worst_dimension_counts(risk: Risk, ed: User) -> None:
    said = {"risk": risk, "kind": "current", "likelihood": 2, "rationale": "Seen.", "by": ed}
    position = services.assess_risk(**said, dimensions={"financial": 2, "trust": 4})

    assert (position.consequence, position.level, position.dimensions) == (4, "medium", {"financial": 2, "trust": 4})
    with pytest.raises(Refused, match="worst dimension, 4, not 2"):
        services.assess_risk(**said, consequence=2, dimensions={"trust": 4})
    with pytest.raises(Refused, match="Consequence: choose one"):
        services.assess_risk(**said)
    with pytest.raises(services.OutsideScale, match="customer trust"):
        services.assess_risk(**said, dimensions={"trust": 6})
