"""The rules, evaluated: pure functions from answers to what they switch on and what contradicts itself."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from compliance.assessments.questionnaire import KINDS, Contradiction, Part, Questionnaire, Rule
from compliance.assessments.values import NONE, Said, told, told_cell, told_part

Answers = Mapping[str, Said]
NOTHING = Said()


@dataclass(frozen=True)
class Outcome:
    """One thing an answer switches on; `question` is the first that did, `because` says which answer and why."""

    kind: str
    key: str
    title: str
    rule: str
    question: str
    explain: str
    because: str
    parameters: Mapping[str, Any]


def shown(asked: Questionnaire, answers: Answers, on: date) -> list[str]:
    """The questions that are asked, given the other answers."""
    return [one.id for one in asked.questions.values() if one.show is None or holds(one.show, asked, answers, on)]


def relevant(asked: Questionnaire, answers: Answers, on: date) -> dict[str, Said]:
    """The answers that count: those of questions that are asked."""
    asks = set(shown(asked, answers, on))
    return {key: said for key, said in answers.items() if key in asks}


def outcomes(asked: Questionnaire, answers: Answers, on: date) -> list[Outcome]:
    """Everything the answers switch on, each thing once, in the order of the rules."""
    counted = relevant(asked, answers, on)
    found: dict[tuple[str, str], Outcome] = {}
    for rule in asked.rules:
        if not holds(rule.when, asked, counted, on):
            continue
        for one in _of_rule(rule, asked, counted):
            known = found.get((one.kind, one.key))
            found[(one.kind, one.key)] = _joined(known, one) if known else one
    return list(found.values())


def by_question(asked: Questionnaire, answers: Answers, on: date) -> dict[str, list[Rule]]:
    """The rules that hold, by the question they belong to."""
    counted = relevant(asked, answers, on)
    found: dict[str, list[Rule]] = {}
    for rule in asked.rules:
        if holds(rule.when, asked, counted, on):
            found.setdefault(rule.question, []).append(rule)
    return found


def contradictions(asked: Questionnaire, answers: Answers, on: date) -> list[Contradiction]:
    """What cannot be true together."""
    counted = relevant(asked, answers, on)
    return [one for one in asked.contradictions if holds(one.when, asked, counted, on)]


def _joined(known: Outcome, more: Outcome) -> Outcome:
    """The same thing switched on twice: the stricter hint, and both reasons."""
    hints = {
        name: max(known.parameters.get(name, 0), more.parameters.get(name, 0))
        for name in ("likelihood", "consequence")
        if name in more.parameters
    }
    because = known.because if more.because in known.because else f"{known.because}\n{more.because}"
    rule = known.rule if more.rule in known.rule.split() else f"{known.rule} {more.rule}"
    rows = [*known.parameters["rows"], *(one for one in more.parameters["rows"] if one not in known.parameters["rows"])]
    return replace(known, because=because, rule=rule, parameters={**known.parameters, **hints, "rows": rows})


def _of_rule(rule: Rule, asked: Questionnaire, answers: Answers) -> Iterator[Outcome]:
    question = asked.questions[rule.question]
    said = answers.get(rule.question, NOTHING)
    words = told(question, said.value) or "I don't know"
    parts = {part.key: told_part(part, said.value.get(part.key)) for part in question.parts}
    for names, row in _each(rule, asked, answers) or [({**parts, "answer": words}, dict(said.value))]:
        told_row = names["answer"] if "answer" in names else " · ".join(one for one in names.values() if one)
        because = f"Because {rule.question} = {_short(told_row or words)}: {rule.explain}"
        for then in rule.then:
            kind = next(one for one in KINDS if one in then)
            key = _filled(str(then[kind]), names)
            title = _filled(str(then.get("title") or _title(kind, key, asked)), names)
            if not key.strip() or not title.strip():
                continue
            more = {name: value for name, value in then.items() if name not in {kind, "title", "take"}}
            rows = [{**row, "question": rule.question}, *_taken(then.get("take", ()), asked, answers)]
            yield Outcome(
                kind,
                _key(kind, key, title),
                title[:300],
                rule.id,
                rule.question,
                rule.explain,
                because,
                {**more, "named": key[:300], "rows": rows},
            )


def _short(words: str, most: int = 160) -> str:
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def _key(kind: str, named: str, title: str) -> str:
    """What tells apart two things of a kind, however they are written; records of one sort by their titles."""
    if kind == "record":
        named = f"{named} {title}"
    return named if kind in {"flag", "control"} else re.sub(r"[\W_]+", "-", named.casefold()).strip("-")[:120]


def _title(kind: str, key: str, asked: Questionnaire) -> str:
    if kind == "control":
        edition, _, ref = key.partition(":")
        return ref if ref.startswith(asked.cited[edition]) else f"{asked.cited[edition]} {ref}"
    return asked.flags[key] if kind == "flag" else key


def _filled(text: str, names: Mapping[str, str]) -> str:
    """The text with {words} put in; a sentence whose words are all missing becomes empty."""
    wanted = re.findall(r"\{(\w+)\}", text)
    if wanted and not any(names.get(one) for one in wanted):
        return ""
    return re.sub(r"\{(\w+)\}", lambda found: names.get(found[1]) or "not said", text)


def _each(rule: Rule, asked: Questionnaire, answers: Answers) -> list[tuple[dict[str, str], dict[str, str]]]:
    """The words of every row of a table, or of every chosen option, each with what was said as it was said."""
    if not rule.each:
        return []
    part, value = _part_and_value(rule.each, asked, answers)
    if part is None or not isinstance(value, list):
        return []
    if part.type == "table":
        rows = [row for row in value if _is_meant(rule, row, asked)]
        return [({one.key: told_cell(one, row.get(one.key, "")) for one in part.columns}, row) for row in rows]
    return [({"key": one, "answer": part.options.get(one, one)}, {"key": one}) for one in value]


def _is_meant(rule: Rule, row: Mapping[str, str], asked: Questionnaire) -> bool:
    """Whether `where` holds for a row: a country of the column is inside or outside a group."""
    codes = set(row.get(rule.where.get("column", ""), "").split())
    if "outside" in rule.where:
        return bool(codes - asked.groups[rule.where["outside"]])
    return not rule.where or bool(codes & asked.groups[rule.where["in"]])


def _taken(questions: Iterable[str], asked: Questionnaire, answers: Answers) -> Iterator[dict[str, Any]]:
    """The rows of other answers, each with its question."""
    for name in questions:
        value = answers.get(name, NOTHING).value
        rows = next((one for one in value.values() if one and isinstance(one, list) and isinstance(one[0], dict)), None)
        yield from ({**row, "question": name} for row in (rows if rows is not None else [value] if value else []))


def _part_and_value(path: str, asked: Questionnaire, answers: Answers) -> tuple[Part | None, Any]:
    """The part a path leads to: `Q15`, `Q05.used`."""
    name, _, rest = path.partition(".")
    question = asked.questions[name]
    part = question.part(rest or question.parts[0].key)
    return part, answers.get(name, NOTHING).value.get(part.key) if part else None


def values_at(path: str, asked: Questionnaire, answers: Answers) -> list[str]:
    """Everything said at a path, as single words: `Q15`, `Q05.used`, or a column `Q36.country` of a table."""
    part, value = _part_and_value(path, asked, answers)
    if part is not None:
        if part.type == "table":
            return ["row"] * len(value) if isinstance(value, list) else []
        return value if isinstance(value, list) else [value] if value else []
    name, _, column = path.partition(".")
    rows = next((one for one in answers.get(name, NOTHING).value.values() if isinstance(one, list)), [])
    cells = [row.get(column, "") for row in rows if isinstance(row, dict)]
    table = asked.questions[name].parts[-1]
    if any(one.key == column and one.type == "country" for one in table.columns):
        cells = [code for cell in cells for code in cell.split()]
    return [cell for cell in cells if cell]


def holds(when: Mapping[str, Any], asked: Questionnaire, answers: Answers, on: date) -> bool:
    """Whether a condition is true of the answers: `all`, `any` and `not` of conditions, or a test of one answer."""
    if "q" in when:
        tests = [(TESTS[name], wanted) for name, wanted in when.items() if name != "q"]
        return all(test(_Asked(str(when["q"]), asked, answers, on), wanted) for test, wanted in tests)
    if "not" in when:
        return not holds(when["not"], asked, answers, on)
    conditions = [holds(one, asked, answers, on) for one in when.get("all") or when["any"]]
    return all(conditions) if "all" in when else any(conditions)


@dataclass(frozen=True)
class _Asked:
    """An answer a test looks at."""

    path: str
    asked: Questionnaire
    answers: Answers
    on: date

    @property
    def values(self) -> list[str]:
        return values_at(self.path, self.asked, self.answers)

    @property
    def none(self) -> bool:
        _, value = _part_and_value(self.path, self.asked, self.answers)
        return value in (NONE, [NONE])

    @property
    def unknown(self) -> bool:
        return self.answers.get(self.path.partition(".")[0], NOTHING).unknown


def _several(wanted: Any) -> set[str]:
    return set(wanted) if isinstance(wanted, list) else {str(wanted)}


def _older(answer: _Asked, days: int) -> bool:
    return any((answer.on - date.fromisoformat(one)).days > days for one in answer.values)


TESTS: dict[str, Callable[[_Asked, Any], bool]] = {
    "is": lambda answer, wanted: bool(_several(wanted) & set(answer.values)),
    "has": lambda answer, wanted: bool(_several(wanted) & set(answer.values)),
    "without": lambda answer, wanted: bool(answer.values) and not _several(wanted) & set(answer.values),
    "any": lambda answer, wanted: bool(answer.values) == wanted,
    "none": lambda answer, wanted: answer.none == wanted,
    "unknown": lambda answer, wanted: answer.unknown == wanted,
    "in": lambda answer, group: bool(set(answer.values) & answer.asked.groups[group]),
    "outside": lambda answer, group: bool(set(answer.values) - answer.asked.groups[group]),
    "over": lambda answer, most: any(int(one) > most for one in answer.values),
    "older": _older,
}
