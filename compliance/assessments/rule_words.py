"""Rules in words, and conditions as choices of a form: nobody writes code to change a rule."""

from collections.abc import Iterator, Mapping
from typing import Any

from compliance.assessments.questionnaire import COUNTRIES, Part, Question, Questionnaire, Rule
from compliance.assessments.registry import consequence_of

GROUPS = {"eea": "the EEA", "uk": "the United Kingdom", "us": "the United States"}
KIND_WORDS = {
    "flag": "The app",
    "framework": "Framework",
    "control": "Control",
    "risk": "Risk",
    "flow": "Data flow",
    "party": "Party",
    "record": "Record",
    "task": "Task",
    "evidence": "Evidence",
    "permission": "Permission",
    "sdk": "SDK",
}
Choice = tuple[str, str]


def told_condition(when: Mapping[str, Any], asked: Questionnaire) -> str:
    """A condition as people say it."""
    if "q" in when:
        path = str(when["q"])
        tests = [(name, wanted) for name, wanted in when.items() if name != "q"]
        return " and ".join(_told_test(path, name, wanted, asked) for name, wanted in tests)
    if "not" in when:
        return f"not ({told_condition(when['not'], asked)})"
    word, parts = (" and ", when["all"]) if "all" in when else (" or ", when["any"])
    return word.join(_inner(one, asked) for one in parts)


def _inner(when: Mapping[str, Any], asked: Questionnaire) -> str:
    said = told_condition(when, asked)
    return said if "q" in when or "not" in when else f"({said})"


def _told_test(path: str, test: str, wanted: Any, asked: Questionnaire) -> str:
    name, _, rest = path.partition(".")
    label = _label(asked.questions[name], rest)
    words = _words(asked.questions[name], rest, wanted)
    return {
        "is": f"{label} is {words}",
        "has": f"{label} has {words}",
        "without": f"{label} is answered without {words}",
        "any": f"{label} is {'answered' if wanted else 'not answered'}",
        "none": f"{label} says that there is none",
        "unknown": f"nobody knows {label}",
        "in": f"{label} names a country in {GROUPS.get(str(wanted), wanted)}",
        "outside": f"{label} names a country outside {GROUPS.get(str(wanted), wanted)}",
        "over": f"{label} is over {wanted}",
        "older": f"{label} is older than {wanted} days",
    }[test]


def _label(question: Question, rest: str) -> str:
    part = question.part(rest) if rest else None
    column = next((one.label for one in question.parts[-1].columns if one.key == rest), "")
    named = part.label if part else column
    return f"{question.id} ({named})" if named else question.id


def _options(question: Question, rest: str) -> Mapping[str, str]:
    part = question.part(rest or question.parts[0].key)
    if part is not None:
        return part.options
    return next((one.options for one in question.parts[-1].columns if one.key == rest), {})


def _words(question: Question, rest: str, wanted: Any) -> str:
    options = _options(question, rest)
    several = wanted if isinstance(wanted, list) else [wanted]
    return " or ".join(f"“{options.get(str(one), COUNTRIES.get(str(one), str(one)))}”" for one in several)


def told_consequence(then: Mapping[str, Any], asked: Questionnaire) -> str:
    """A consequence as people say it: its kind and what it is called."""
    kind = next(one for one in KIND_WORDS if one in then)
    named = str(then[kind])
    title = str(then.get("title") or asked.flags.get(named, named))
    if kind == "control":
        edition, _, ref = named.partition(":")
        title = ref if ref.startswith(asked.cited.get(edition, "?")) else f"{asked.cited.get(edition, edition)} {ref}"
    hint = f" ({then['likelihood']} × {then['consequence']})" if "likelihood" in then else ""
    return f"{KIND_WORDS[kind]}: {title}{hint}"


def condition_choices(asked: Questionnaire) -> list[tuple[str, list[Choice]]]:
    """Everything a condition can ask, by question, as values of one choice."""
    return [
        (f"{one.id} {one.text}"[:110], [*_of_question(one), (f"{one.id}|unknown|1", "Nobody knows")])
        for one in asked.questions.values()
    ]


def _of_question(question: Question) -> Iterator[Choice]:
    for number, part in enumerate(question.parts):
        path = question.id if number == 0 else f"{question.id}.{part.key}"
        yield from _of_part(path, part, len(question.parts) > 1)
        for column in part.columns:
            at = f"{question.id}.{column.key}"
            yield from ((f"{at}|has|{key}", f"{column.label}: {label}") for key, label in column.options.items())
            if column.type == "country":
                yield f"{at}|outside|eea", f"{column.label}: outside the EEA"
                yield f"{at}|in|eea", f"{column.label}: inside the EEA"


def _of_part(path: str, part: Part, several: bool) -> Iterator[Choice]:
    before = f"{part.label}: " if several else ""
    yield f"{path}|any|1", f"{before}Anything is answered"
    yield from ((f"{path}|has|{key}", f"{before}{label}") for key, label in part.options.items())
    if part.none:
        yield f"{path}|none|1", part.none
    if part.type == "country":
        for group, name in GROUPS.items():
            yield f"{path}|in|{group}", f"{before}a country in {name}"
        yield f"{path}|outside|eea", f"{before}a country outside the EEA"


def condition_of(choice: str) -> dict[str, Any]:
    """The condition a choice stands for."""
    path, test, wanted = choice.split("|")
    return {"q": path, test: True if test in {"any", "none", "unknown"} else wanted}


def rule_text(rule: Rule, asked: Questionnaire) -> str:
    """All words of a rule, to search in."""
    then = " ".join(told_consequence(one, asked) for one in rule.then)
    named = " ".join(str(value) for one in rule.then for value in one.values())
    return f"{rule.id} {rule.question} {told_condition(rule.when, asked)} {then} {named} {rule.explain}".casefold()


def known(kind: str) -> Mapping[str, str]:
    """What a consequence of a kind may name; empty when that is free."""
    does = consequence_of(kind)
    return does.options() if does is not None and does.options is not None else {}
