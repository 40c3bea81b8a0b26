"""Every drift rule fires where an app and its papers part, and stays quiet where they only seem to."""

from dataclasses import replace
from datetime import date

import pytest

from dataflows.drift import RULES, Build, Papers, check, known_rules
from dataflows.drift.papers import Accepted
from dataflows.drift.registered import JUDGES
from tests.dataflows.drift_fires import FIRES
from tests.dataflows.drift_objects import PLACE, SDK, android, papers, seen
from tests.dataflows.drift_quiet import QUIET

pytestmark = pytest.mark.once


@pytest.mark.parametrize(("rule", "build", "paper", "keys"), FIRES, ids=[f"{row[0]}-{row[3][0]}" for row in FIRES])
def test_a_rule_fires_with_both_sides_and_ways_out(rule: str, build: Build, paper: Papers, keys: list[str]) -> None:
    findings = check(build, paper, only=(rule,)).open

    assert sorted(one.key for one in findings) == keys
    for one in findings:
        assert one.app_does.endswith(".")
        assert one.papers_say.endswith(".")
        assert (bool(one.cares), bool(one.mends)) == (True, True)


@pytest.mark.parametrize(("rule", "why", "build", "paper"), QUIET, ids=[f"{row[0]}-{row[1]}" for row in QUIET])
def test_a_rule_stays_quiet(rule: str, why: str, build: Build, paper: Papers) -> None:
    assert [one.app_does for one in check(build, paper, only=(rule,)).open] == []


def test_every_rule_is_written_down_has_a_function_and_a_test_each_way() -> None:
    assert list(known_rules()) == list(RULES)
    assert sorted(JUDGES) == list(RULES)
    assert {row[0] for row in FIRES} == {row[0] for row in QUIET} == set(RULES)


def test_what_was_accepted_is_told_apart_until_its_day() -> None:
    build = android(seen("flag", "cleartext", "true"))
    taken = Accepted("DR12", "cleartext:*", date(2026, 11, 23), "Old devices.")
    late = replace(taken, until=date(2026, 11, 22))

    assert [one.mark for one, _ in check(build, papers(accepted=(taken,))).accepted] == ["DR12:cleartext:*"]
    assert check(build, papers(accepted=(late,))).accepted == ()


def test_a_rule_that_finds_too_much_is_cut_and_says_so() -> None:
    pins = [seen("pins", f"h{n}.lumaro.com", "2020-01-01") for n in range(400)]
    checked = check(android(*pins), papers(), only=("DR13",))

    assert (len(checked.open), checked.cut) == (300, ("DR13",))


def test_a_build_for_debugging_is_told_to_be_one_and_nothing_else_of_it_is_judged() -> None:
    facts = (PLACE, SDK, seen("flag", "debuggable", "true"), seen("signature", "certificate", "x", debug="true"))
    checked = check(android(*facts), papers())

    assert [one.mark for one in checked.open if one.rule != "DR25"] == ["DR14:debug_build:com.lumaro.app"]
