"""Controls are tested by somebody else, on samples anybody can draw again; what fails goes to remediation."""

from datetime import UTC, date, datetime
from hashlib import sha256
from io import BytesIO
from itertools import pairwise, product

import pytest
from django.template.loader import render_to_string
from django.utils import timezone
from openpyxl import Workbook

from compliance.accounts.models import User
from compliance.ledger import Refused, change
from compliance.packs.registry import Period, checks, sections
from compliance.projects.models import Organisation
from controls import reminders
from controls.drawing import at_random, every_nth, rank, within_groups
from controls.failures import failures
from controls.models import TEST_MOVES, ControlTest, ControlTestState, Implementation, Sample
from controls.panels import proof_of_organisation
from controls.services.control_test import (
    CannotConclude,
    NotYourTest,
    cancel_test,
    conclude_test,
    plan_test,
    start_test,
    update_test,
)
from controls.services.sample import (
    BadPopulation,
    draw_sample,
    extrapolate,
    freeze_population,
    is_repeatable,
    population_of,
    read_population,
    record_items,
    suggested_size,
)
from tests.due import due

PLAN = {
    "method": "examine",
    "objective": "Every restore is tested",
    "procedure": "Take restores, compare the logs.",
    "criteria": "A restore without a log.",
    "planned_date": date(2026, 12, 1),
}


@pytest.fixture
def planned(running: Implementation, ria: User, mara: User) -> ControlTest:
    """Ria is to test the backups Mara runs."""
    return plan_test(implementation=running, tester=ria, by=mara, **PLAN)


@pytest.fixture
def fieldwork(planned: ControlTest, ria: User) -> ControlTest:
    return start_test(test=planned, by=ria)


@pytest.fixture
def sample(fieldwork: ControlTest, ria: User) -> Sample:
    """Thirty restores, frozen."""
    items = [f"restore {number:02d}" for number in range(1, 31)]
    return freeze_population(test=fieldwork, items=items, source="Backup console, 2026", by=ria)


def conclude(test: ControlTest, by: User, result: str = "effective") -> ControlTest:
    return conclude_test(test=test, result=result, conclusion="As the log says", by=by)


ACT = {
    "running": lambda test, ria: start_test(test=test, by=ria),
    "concluded": conclude,
    "cancelled": lambda test, ria: cancel_test(test=test, by=ria, reason="Control replaced"),
}


@pytest.mark.parametrize(("start", "to"), list(product(ControlTestState.values, ACT)))
def test_each_step_is_taken_or_refused_in_words(
    start: str, to: str, planned: ControlTest, ria: User, mara: User
) -> None:
    test = planned
    with change(by=mara):
        test.state = start
        test.save()

    if to in TEST_MOVES[start]:
        assert ACT[to](test, ria).state == to
    else:
        with pytest.raises(Refused, match=f"CT-001 is {start}: it cannot become {to} from there"):
            ACT[to](test, ria)


def test_nobody_tests_what_they_run_not_even_an_administrator(running: Implementation, planned, mara: User) -> None:
    test = planned
    with pytest.raises(NotYourTest, match="Mara runs CI-001: somebody else has to test it"):
        plan_test(implementation=running, tester=mara, by=mara, **PLAN)
    with pytest.raises(NotYourTest, match="Mara runs CI-001"):
        update_test(test=test, tester=mara, by=mara)
    with pytest.raises(NotYourTest, match="carried out by Ria"):
        start_test(test=ControlTest.objects.get(), by=mara)


def test_the_plan_is_fixed_once_the_test_runs(fieldwork: ControlTest, mara: User) -> None:
    with pytest.raises(Refused, match="criteria stay as they were planned"):
        update_test(test=fieldwork, criteria="Two restores without a log.", by=mara)


def test_the_seed_gives_the_same_sample_to_anybody(sample: Sample, ria: User) -> None:
    drawn = draw_sample(sample=sample, draw="random_seeded", size=5, seed="2026-11-22", by=ria)

    lines = population_of(drawn)
    ranks = {line: sha256(f"2026-11-22\n{line}\n{lines[line - 1]}".encode()).hexdigest() for line in range(1, 31)}
    assert [item.position for item in drawn.items.all()] == sorted(sorted(ranks, key=ranks.__getitem__)[:5])
    assert (drawn.population_id, drawn.algorithm) == (
        sha256("".join(f"restore {n:02d}\n" for n in range(1, 31)).encode()).hexdigest(),
        "sha256-rank-1",
    )
    assert is_repeatable(drawn)


def test_an_exchanged_item_does_not_repeat(sample: Sample, ria: User) -> None:
    drawn = draw_sample(sample=sample, draw="random_seeded", size=3, by=ria)
    assert len(drawn.seed) == 32
    item = drawn.items.first()
    with change(by=ria):
        item.position = next(line for line in range(1, 31) if line not in {one.position for one in drawn.items.all()})
        item.save()

    assert not is_repeatable(drawn)


def test_a_sample_is_drawn_once(sample: Sample, ria: User) -> None:
    draw_sample(sample=sample, draw="all", by=ria)

    with pytest.raises(Refused, match="SM-001 is drawn already"):
        draw_sample(sample=sample, draw="all", by=ria)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"draw": "random_seeded", "size": 31}, "Draw between 1 and 30 items"),
        ({"draw": "judgement", "positions": [31], "reason": "Large ones"}, "Line 31 is not in the population"),
        ({"draw": "judgement", "positions": [3]}, "Say why these items were chosen"),
        ({"draw": "stratified", "size": 3, "stratum": "team"}, "has no column names"),
        ({"draw": "dice", "size": 3}, "Choose how the sample is drawn"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(given: dict, said: str, sample: Sample, ria: User) -> None:
    with pytest.raises(Refused, match=said):
        draw_sample(sample=sample, by=ria, **given)


def test_the_ways_to_draw_spread_as_they_say() -> None:
    items = [f"{line},{'ios' if line % 4 else 'android'}" for line in range(1, 41)]

    nth = every_nth(items, 4, "seed")
    groups = within_groups(items, 8, "seed", 1)

    assert {b - a for a, b in pairwise(nth)} == {10}
    assert [len([line for line in groups if (line % 4 == 0) is android]) for android in (True, False)] == [2, 6]
    assert at_random(items, 40, "seed") == list(range(1, 41))
    assert rank("seed", 1, "x") == sha256(b"seed\n1\nx").hexdigest()


def test_a_sample_is_as_large_as_the_control_is_frequent(sample: Sample, running: Implementation, ria: User) -> None:
    assert suggested_size(sample) == 25
    sample.test.implementation.frequency = "weekly"
    assert suggested_size(sample) == 5


def test_a_conclusion_needs_every_item_examined_and_words_about_exceptions(sample: Sample, ria: User) -> None:
    test = sample.test
    with pytest.raises(CannotConclude, match="SM-001 was never drawn"):
        conclude(test, ria)
    draw_sample(sample=sample, draw="judgement", positions=[2, 9], by=ria, reason="The largest")
    with pytest.raises(CannotConclude, match="2 items of SM-001 are not examined yet"):
        conclude(test, ria)
    with pytest.raises(Refused, match="Line 9: say what the exception is"):
        record_items(sample=sample, found={9: ("exception", "")}, by=ria)
    record_items(sample=sample, found={2: ("conforms", ""), 9: ("exception", "No log")}, by=ria)
    with pytest.raises(CannotConclude, match="SM-001 has exceptions"):
        conclude(test, ria)
    extrapolate(sample=sample, words="One of thirty; the log was found later.", by=ria)

    conclude(test, ria)

    found = ControlTest.objects.counted().get()
    assert (found.items, found.exceptions, found.implementation.effectiveness) == (2, 1, "effective")


def test_an_ineffective_control_goes_to_remediation_and_the_rooms_above_are_told(fieldwork, ria: User) -> None:
    conclude(fieldwork, ria, "ineffective")

    implementation = Implementation.objects.get()
    assert (implementation.status, implementation.effectiveness) == ("needs_remediation", "ineffective")
    assert implementation.history.first().history_change_reason == "CT-001 found it ineffective: As the log says"
    assert failures.keys() == ["risk"]


def test_a_control_found_ineffective_does_not_operate_until_a_test_says_otherwise(running: Implementation) -> None:
    running.has_evidence = True
    assert running.standing == "operating"
    running.effectiveness = "ineffective"
    assert running.standing == "implemented"


def test_a_population_is_read_from_text_and_csv() -> None:
    csv_file = BytesIO(b'\xef\xbb\xbfid,what\r\n1,"two\nlines"\r\n\r\n2,plain\r\n')

    assert read_population(csv_file, name="prs.csv", has_header=True) == ("id,what", ["1,two lines", "2,plain"])
    assert read_population(BytesIO(b"a\n\nb\n"), name="list.txt", has_header=False) == ("", ["a", "b"])


def test_a_population_is_read_from_a_workbook_as_from_csv() -> None:
    book, file = Workbook(write_only=True), BytesIO()
    sheet = book.create_sheet("Changes")
    for row in (["id", "what", None], [1, "two, lines", None], [None, None, None], [2.0, "plain", "3"]):
        sheet.append(row)
    book.save(file)

    found = read_population(BytesIO(file.getvalue()), name="prs.xlsx", has_header=True)
    assert found == ("id,what", ['1,"two, lines"', "2,plain,3"])
    with pytest.raises(BadPopulation, match=r"broken.xlsx: The workbook is damaged"):
        read_population(BytesIO(file.getvalue()[:600]), name="broken.xlsx", has_header=False)


@pytest.mark.parametrize(
    ("data", "said"), [(b"a\nb\xff", "line 2: not UTF-8"), (b"a\0b", "is no text"), (b'"' + b"x" * 140_000, "line 1")]
)
def test_a_list_that_is_none_is_refused_by_line(data: bytes, said: str) -> None:
    with pytest.raises(BadPopulation, match=said):
        read_population(BytesIO(data), name="list.csv", has_header=False)


def test_an_empty_population_is_refused(fieldwork: ControlTest, ria: User) -> None:
    with pytest.raises(BadPopulation, match="The population is empty"):
        freeze_population(test=fieldwork, items=["", " "], source="Console", by=ria)


def test_packs_print_tests_as_they_stood(sample: Sample, lumaro: Organisation, ria: User) -> None:
    before, period = timezone.now(), Period(date(2026, 1, 1), date(2027, 12, 31))
    draw_sample(sample=sample, draw="random_seeded", size=2, seed="s", by=ria)
    found = {item.position: ("exception", "No log") for item in sample.items.all()}
    record_items(sample=sample, found=found, by=ria)
    conclude(sample.test, ria, "ineffective")

    early = sections["control_tests"].source(lumaro, before, period)
    late = sections["control_tests"].source(lumaro, timezone.now(), period)

    (row,) = early["rows"]
    assert (row["state"], row["samples"][0]["items"], early["ineffective"]) == ("running", [], 0)
    (row,) = late["rows"]
    assert (row["result"], row["samples"][0]["exceptions"], late["ineffective"]) == ("ineffective", 2, 1)
    assert [one["found"] for one in late["registers"]["samples.csv"]] == ["exception", "exception"]
    assert late["exhibits"][0].sha256 == sample.population_id
    page = render_to_string(sections["control_tests"].template, late)
    assert page.count("No log") == 2
    told = [one.text for one in checks["PF29"].source(lumaro, timezone.now(), period)]
    assert told == ["CI-001 Backups: its last test found it ineffective."]


def test_a_test_without_a_sample_is_told_before_a_pack_is_issued(fieldwork, lumaro: Organisation, ria: User) -> None:
    conclude(fieldwork, ria)

    found = checks["PF22"].source(lumaro, timezone.now(), Period(date(2026, 1, 1), date(2027, 12, 31)))

    assert [one.text for one in found] == ["CT-001 Every restore is tested: concluded without population and sample."]


def test_a_planned_test_waits_for_its_tester(planned: ControlTest, lumaro: Organisation, ria: User) -> None:
    (line,) = due(reminders.tests_planned, lumaro, datetime(2026, 11, 20, tzinfo=UTC))

    assert (line.title, line.owner, line.url) == (
        "Every restore is tested: test the control",
        ria.name,
        "/organisations/lumaro/evidence/tests/CT-001/",
    )
    figures = proof_of_organisation(lumaro, at=datetime(2026, 11, 20, tzinfo=UTC))["figures"]
    assert [one["number"] for one in figures] == [0, 0, 1, 0]
