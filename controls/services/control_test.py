"""Tests of controls are planned, carried out and concluded here, never by who runs the control."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed
from compliance.ledger.context import simulated_moment
from controls.failures import tell_failure
from controls.models import (
    MOVES,
    RESULTS,
    TEST_MOVES,
    ControlTest,
    ControlTestState,
    Effectiveness,
    Implementation,
    Status,
    Verdict,
)
from controls.services.control import move_implementation

SAMPLING: dict[str, dict[str, int]] = tomllib.loads((Path(__file__).parent.parent / "sampling.toml").read_text())
CHANGEABLE = {
    "method",
    "objective",
    "procedure",
    "criteria",
    "tester",
    "planned_date",
    "period_start",
    "period_end",
}


class NotYourTest(Refused):
    """Nobody tests what they run themselves, and a test is carried out by its tester."""


class CannotConclude(Refused):
    """The test lacks something its conclusion needs."""


def plan_test(
    *,
    implementation: Implementation,
    method: str,
    objective: str,
    procedure: str,
    criteria: str,
    tester: User,
    planned_date: date,
    by: User,
    reason: str = "",
    **details: Any,
) -> ControlTest:
    """Plan a test: what it is to find out, how, and what counts as an exception. Raises NotYourTest."""
    if implementation.status == Status.RETIRED:
        raise Refused(f"{implementation.reference} is retired: there is nothing to test.")
    test = ControlTest(
        organisation_id=implementation.organisation_id,
        project_id=implementation.project_id,
        implementation=implementation,
        method=method,
        objective=objective,
        procedure=procedure,
        criteria=criteria,
        tester=tester,
        planned_date=planned_date,
        **details,
    )
    _check_plan(test)
    with change(by=by, reason=reason):
        test.save()
    return test


def update_test(*, test: ControlTest, by: User, reason: str = "", **fields: Any) -> ControlTest:
    """Change the plan before the test runs; afterwards only who carries it on, and when."""
    if unknown := set(fields) - CHANGEABLE:
        raise Refused(f"{', '.join(sorted(unknown))}: not changed this way.")
    if not test.is_open:
        raise Refused(f"{test.reference} is {test.get_state_display().lower()}: plan another test.")
    bent = {name for name, value in fields.items() if getattr(test, name) != value} - {"tester", "planned_date"}
    if bent and test.state == ControlTestState.RUNNING:
        raise Refused(f"{test.reference} runs already: objective, steps and criteria stay as they were planned.")
    for name, value in fields.items():
        setattr(test, name, value)
    _check_plan(test)
    with change(by=by, reason=reason):
        test.save()
    return test


def start_test(*, test: ControlTest, by: User, reason: str = "") -> ControlTest:
    """Begin; from now on the plan is fixed."""
    _check_move(test, ControlTestState.RUNNING)
    check_tester(test, by)
    with change(by=by, reason=reason):
        test.state = ControlTestState.RUNNING
        test.save()
    return test


def conclude_test(*, test: ControlTest, result: str, conclusion: str, by: User) -> ControlTest:
    """Say how effective the control is. An ineffective one goes to remediation, and its risks to review.

    Raises CannotConclude with what is missing: every sample drawn and examined, words, and for an effective control
    with exceptions what they say about the rest.
    """
    _check_move(test, ControlTestState.CONCLUDED)
    check_tester(test, by)
    if result not in dict(RESULTS):
        raise CannotConclude("Say how effective the control is: effective, partially or ineffective.")
    if not conclusion.strip():
        raise CannotConclude("Say what was found: the conclusion stands in packs beside your name.")
    _check_samples(test, result)
    with change(by=by, reason=conclusion):
        test.state, test.result, test.conclusion = ControlTestState.CONCLUDED, result, conclusion
        test.concluded_at = simulated_moment() or timezone.now()
        test.save()
        _follow(test, by)
    return test


@governed("Say why the test is not carried out")
def cancel_test(*, test: ControlTest, by: User, reason: str) -> ControlTest:
    """Give a test up; what was found so far stays readable."""
    _check_move(test, ControlTestState.CANCELLED)
    with change(by=by, reason=reason):
        test.state, test.conclusion = ControlTestState.CANCELLED, reason
        test.save()
    return test


def check_tester(test: ControlTest, by: User) -> None:
    """Only its tester carries a test out, and never on a control of their own. Raises NotYourTest."""
    if by.pk != test.tester_id:
        raise NotYourTest(f"{test.reference} is carried out by {test.tester}: hand it over to yourself first.")
    _check_independent(test)


def _follow(test: ControlTest, by: User) -> None:
    """What the result means for the control, and for what rests on it."""
    implementation = Implementation.objects.get(pk=test.implementation_id)
    implementation.effectiveness = test.result
    implementation.save()
    if test.result != Effectiveness.INEFFECTIVE:
        return
    why = f"{test.reference} found it ineffective: {test.conclusion}"[:500]
    if Status.NEEDS_REMEDIATION in MOVES[implementation.status]:
        move_implementation(implementation=implementation, to=Status.NEEDS_REMEDIATION, by=by, reason=why)
    tell_failure(implementation=implementation, by=by, reason=why)


def _check_plan(test: ControlTest) -> None:
    for name, asked in (("objective", "what it is to find out"), ("procedure", "the steps"), ("criteria", "criteria")):
        if not getattr(test, name).strip():
            raise Refused(f"A test says beforehand what it does: give {asked}.")
    if test.period_start and test.period_end and test.period_end < test.period_start:
        raise Refused("The period ends before it starts: swap the two days.")
    _check_independent(test)


def _check_independent(test: ControlTest) -> None:
    if test.tester_id == test.implementation.owner_id:
        raise NotYourTest(f"{test.tester} runs {test.implementation.reference}: somebody else has to test it.")


def _check_move(test: ControlTest, to: str) -> None:
    if to not in TEST_MOVES[test.state]:
        raise Refused(
            f"{test.reference} is {test.get_state_display().lower()}: "
            f"it cannot become {ControlTestState(to).label.lower()} from there."
        )


def _check_samples(test: ControlTest, result: str) -> None:
    for sample in test.samples.prefetch_related("items"):
        if not sample.is_drawn:
            raise CannotConclude(f"{sample.reference} was never drawn: draw it, or plan the test without it.")
        verdicts = [item.verdict for item in sample.items.all()]
        if open_items := verdicts.count(Verdict.PENDING):
            raise CannotConclude(f"{open_items} items of {sample.reference} are not examined yet.")
        if result == Effectiveness.EFFECTIVE and Verdict.EXCEPTION in verdicts and not sample.extrapolation.strip():
            raise CannotConclude(
                f"{sample.reference} has exceptions: say what they mean for the rest, or do not call it effective."
            )
