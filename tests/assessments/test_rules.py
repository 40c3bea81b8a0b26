"""The questionnaire and its rules as data: every question is whole, every rule switches on and off."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from compliance.assessments.questionnaire import KINDS, Rule, questionnaire
from compliance.assessments.rules import TESTS, contradictions, holds, outcomes, relevant, shown, values_at
from compliance.assessments.values import Said
from compliance.projects.roles import ROLES
from tests.assessments.answers import any_value

pytestmark = pytest.mark.once
ASKED = questionnaire()
TODAY = date(2026, 11, 23)
CATALOGUES = Path(__file__).parents[2] / "controls" / "catalogues"


def met(when: dict[str, Any]) -> dict[str, Said]:
    """Answers that make a condition true."""
    if "all" in when:
        found: dict[str, Said] = {}
        for one in when["all"]:
            for key, said in met(one).items():
                old = found.get(key, Said())
                found[key] = Said({**old.value, **said.value}, old.unknown or said.unknown)
        return found
    if "any" in when and "q" not in when:
        return met(when["any"][0])
    if "not" in when:
        return {}
    return {when["q"].partition(".")[0]: said_for(when)}


def said_for(when: dict[str, Any]) -> Said:
    name, _, rest = when["q"].partition(".")
    test, wanted = next((key, value) for key, value in when.items() if key != "q")
    question = ASKED.questions[name]
    if test == "unknown":
        return Said(unknown=True)
    if test == "any":
        rest_part = question.part(rest) if rest else question.parts[0]
        value = any_value(question)
        if rest_part is not None and value[rest_part.key] == "none":
            value[rest_part.key] = [{one.key: word(one) for one in rest_part.columns}]
        return Said(value if wanted else {})
    part = question.part(rest or question.parts[0].key)
    one = one_of(test, wanted)
    if part is None:
        table = question.parts[-1]
        return Said({table.key: [{column.key: word(column) for column in table.columns} | {rest: one}]})
    if test == "none":
        return Said({part.key: "none" if part.type == "table" else ["none"]})
    said: Any = [one] if part.type in {"many", "country"} else one
    return Said({**any_value(question), part.key: said})


def word(column: Any) -> str:
    return next(iter(column.options), {"country": "DE", "num": "3", "date": "2026-10-01"}.get(column.type, "Word"))


def one_of(test: str, wanted: Any) -> str:
    known = {
        "in": lambda: sorted(ASKED.groups[wanted])[0],
        "outside": lambda: "BR",
        "over": lambda: str(wanted + 1),
        "older": lambda: (TODAY - timedelta(days=wanted + 1)).isoformat(),
        "without": lambda: "scan" if wanted == "pentest" else "usage",
    }
    if test in known:
        return known[test]()
    return wanted[0] if isinstance(wanted, list) else str(wanted)


def asked_too(answers: dict[str, Said]) -> dict[str, Said]:
    """With what makes the questions show that are only asked then."""
    for key in list(answers):
        show = ASKED.questions[key].show
        if show is not None:
            for name, said in met(dict(show)).items():
                answers.setdefault(name, said)
    return answers


@pytest.mark.parametrize("rule", ASKED.rules, ids=lambda rule: rule.id)
def test_a_rule_switches_on_by_its_answer_and_not_without(rule: Rule) -> None:
    answers = asked_too(met(dict(rule.when)))
    found = [one for one in outcomes(ASKED, answers, TODAY) if rule.id in one.rule.split()]

    assert {one.kind for one in found} == {next(kind for kind in KINDS if kind in then) for then in rule.then}
    assert all(rule.explain in one.because and one.title and "{" not in one.title for one in found)
    assert not holds(rule.when, ASKED, {}, TODAY)


def test_every_question_has_a_rule_and_every_rule_a_question_a_sentence_and_known_words() -> None:
    refs = {}
    for path in CATALOGUES.glob("*.yaml"):
        read = yaml.safe_load(path.read_text())
        rows = [row for value in read.values() if isinstance(value, list) for row in value if isinstance(row, dict)]
        refs[read["edition"]["key"]] = {row["ref"] for row in rows if "ref" in row}
    effects = [then for rule in ASKED.rules for then in rule.then]
    named = [then["control"].split(":") for then in effects if "control" in then]

    assert {rule.question for rule in ASKED.rules} == set(ASKED.questions)
    assert len({rule.id for rule in ASKED.rules}) == len(ASKED.rules)
    assert [rule.id for rule in ASKED.rules if not rule.explain.endswith((".", "?"))] == []
    assert [one for one in named if one[1] not in refs[one[0]]] == []
    assert {then["role"] for then in effects if "task" in then} <= set(ROLES)
    assert {then["flag"] for then in effects if "flag" in then} <= set(ASKED.flags)


def test_forty_two_questions_stand_on_nine_pages_in_plain_parts() -> None:
    steps = [one.key for one in ASKED.steps]
    asked = list(ASKED.questions.values())

    assert (len(asked), len(steps)) == (42, 9)
    assert [one.id for one in asked] == [f"Q{number:02}" for number in range(1, 43)]
    assert [steps.index(one.step) for one in asked] == sorted(steps.index(one.step) for one in asked)
    assert all(one.text.endswith("?") and one.help and one.example and one.knows in ROLES for one in asked)
    kinds = {part.type for one in asked for part in one.parts}
    assert kinds <= {"text", "one", "many", "num", "table", "country", "date"}
    assert [one.id for one in asked for part in one.parts if part.type in {"one", "many"} and not part.options] == []
    assert {key for one in ASKED.changes for key in one.opens} <= set(ASKED.questions)


@pytest.mark.parametrize("one", ASKED.contradictions, ids=lambda one: one.id)
def test_a_contradiction_is_found_and_goes_with_one_answer(one: Any) -> None:
    answers = asked_too(met(dict(one.when)))
    for key in one.questions:
        answers.setdefault(key, Said(any_value(ASKED.questions[key])))

    assert one in contradictions(ASKED, answers, TODAY)
    assert contradictions(ASKED, {}, TODAY) == []


def test_a_question_that_is_not_asked_does_not_count() -> None:
    answers = {"Q10": Said({"account": "no"}), "Q11": Said({"answer": "none"}), "Q32": Said({"answer": ["crypto"]})}

    assert ("Q11" in shown(ASKED, answers, TODAY), "Q11" in relevant(ASKED, answers, TODAY)) == (False, False)


def test_the_same_thing_twice_is_one_with_both_reasons_and_the_stricter_hint() -> None:
    answers = {"Q10": Said({"account": "required"}), "Q11": Said({"answer": "none"}), "Q17": Said({"answer": "health"})}
    [takeover] = [one for one in outcomes(ASKED, answers, TODAY) if (one.kind, one.key) == ("risk", "t01")]

    assert takeover.rule == "R10a R11a"
    assert takeover.because.splitlines()[1].startswith("Because Q11 = Never: Money or health behind one password")
    assert (takeover.parameters["likelihood"], takeover.parameters["consequence"]) == (4, 5)


def test_every_test_of_the_rules_is_used_and_reads_columns_with_several_countries() -> None:
    answers = {"Q14": Said({"answer": [{"country": "PL PH"}, {"group": "Admins"}]})}

    assert values_at("Q14.country", ASKED, answers) == ["PL", "PH"]
    told = str([rule.when for rule in ASKED.rules] + [one.when for one in ASKED.contradictions])
    assert [name for name in TESTS if f"'{name}'" not in told] == []
