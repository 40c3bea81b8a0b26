"""One implementation counts for every requirement it answers, directly or through the crosswalk."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects.models import Organisation, Project
from controls.models import Applicability, Control, ControlRequirement, Implementation
from controls.services.applicability import adopt_edition, decide_applicability
from controls.services.control import answer_requirements, move_implementation
from controls.services.coverage import counts_for, coverage_of, covered_rows
from tests.controls.editions import make_edition, pair, requirement


@pytest.fixture
def two(lumaro: Organisation, mara: User):
    """Two adopted editions of three; K.1 of the first equals K.2, overlaps with K.3 of the second."""
    first, second = make_edition("first", position=1), make_edition("second", position=2)
    pair(requirement(first, "K.1"), requirement(second, "K.2"), "equal")
    pair(requirement(first, "K.1"), requirement(second, "K.3"), "intersects", "low")
    for edition in (first, second):
        adopt_edition(scope=lumaro, edition=edition, by=mara)
    return first, second


def numbers(scope: Organisation | Project) -> list[tuple[str, int, int, int]]:
    return [(tally.edition.key, tally.direct, tally.mapped, tally.gap) for tally in coverage_of(scope)]


def test_nothing_in_place_covers_nothing(two, lumaro: Organisation) -> None:
    assert numbers(lumaro) == [("first", 0, 0, 3), ("second", 0, 0, 3)]


def test_one_implementation_counts_for_what_it_answers_and_what_that_is_paired_with(
    two, lumaro: Organisation, stridewell: Project, running: Implementation, mara: User
) -> None:
    answer_requirements(control=running.control, requirements=[requirement(two[0], "K.1")], by=mara)

    assert numbers(lumaro) == [("first", 1, 0, 2), ("second", 0, 2, 1)]
    assert numbers(stridewell) == numbers(lumaro)
    assert counts_for(running.control) == {"FIRST": 1, "SECOND": 2}


def test_the_pair_is_read_both_ways_and_says_relation_and_confidence(
    two, lumaro: Organisation, running: Implementation, mara: User
) -> None:
    pair(requirement(two[0], "K.2"), requirement(two[1], "K.1"), "subset", "medium")
    answer_requirements(control=running.control, requirements=[requirement(two[1], "K.1")], by=mara)

    row = next(one for one in covered_rows(lumaro, two[0]) if one.requirement.ref == "K.2")

    assert (row.verdict, row.implementations) == ("mapped", [])
    assert row.nearest == (requirement(two[1], "K.1"), "includes", "medium")


def test_what_is_only_planned_or_retired_does_not_count(
    two, lumaro: Organisation, running: Implementation, mara: User
) -> None:
    answer_requirements(control=running.control, requirements=[requirement(two[0], "K.1")], by=mara)
    move_implementation(implementation=running, to="needs_remediation", by=mara, reason="Failed the test")

    assert numbers(lumaro) == [("first", 0, 0, 3), ("second", 0, 0, 3)]


def test_an_excluded_row_is_not_asked(two, lumaro: Organisation, mara: User) -> None:
    row = Applicability.objects.effective(lumaro).select_related("requirement", "implementation").first()
    decide_applicability(row=row, by=mara, included=False, exclusion_reason="Not ours")

    assert sum(tally.total for tally in coverage_of(lumaro)) == 5


def test_the_link_of_the_statement_counts_too(two, lumaro, running: Implementation, mara: User) -> None:
    row = Applicability.objects.effective(lumaro).get(requirement=requirement(two[0], "K.3"))
    decide_applicability(row=row, by=mara, implementation=running)

    assert numbers(lumaro)[0] == ("first", 1, 0, 2)


def test_what_runs_in_one_project_does_not_cover_another(
    two, stridewell: Project, korvo: Project, lumaro, project_backups: Implementation, mara: User
) -> None:
    answer_requirements(control=project_backups.control, requirements=[requirement(two[0], "K.1")], by=mara)
    with change(by=mara):
        project_backups.status, project_backups.statement = "implemented", "In the app"
        project_backups.save()

    assert [numbers(scope)[0][1] for scope in (stridewell, korvo, lumaro)] == [1, 0, 0]


def test_500_controls_and_ten_editions_take_the_same_five_queries(lumaro: Organisation, mara: User) -> None:
    editions = [make_edition(f"e{n}", 20, position=n) for n in range(10)]
    for edition in editions:
        adopt_edition(scope=lumaro, edition=edition, by=mara)
    with change(by=mara):
        controls = Control.objects.bulk_create(Control(organisation=lumaro, title=f"C{n}") for n in range(500))
        Implementation.objects.bulk_create(
            Implementation(organisation=lumaro, control=control, owner=mara, status="implemented", statement="x")
            for control in controls
        )
        asked = [requirement(edition, f"K.{n}") for edition in editions for n in (1, 2, 3)]
        ControlRequirement.objects.bulk_create(
            ControlRequirement(organisation=lumaro, control=control, requirement=asked[n % len(asked)])
            for n, control in enumerate(controls)
        )

    with CaptureQueriesContext(connection) as captured:
        tallies = coverage_of(lumaro)

    assert len(captured) == 5
    assert [(tally.direct, tally.gap) for tally in tallies] == [(3, 17)] * 10
