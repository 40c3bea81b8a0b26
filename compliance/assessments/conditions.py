"""A condition as a line of text that people write and read back: `Q32 has crypto and not Q36.purpose has login, push`.

condition = step {"or" step};  step = part {"and" part};  part = "not" part | "(" condition ")" | test
test = place ("is" | "has" | "without") word {"," word}
     | place ("answered" | "not answered" | "none" | "unknown")
     | place ("in" | "outside") group | place ("over" | "older") number
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NoReturn

from compliance.assessments.questionnaire import COUNTRIES, Question, Questionnaire

DEPTH, LENGTH = 12, 2000
TOKEN = re.compile(r'\s+|[(),]|"[^"\n]*"|[\w.]+')
WORDS = frozenset({"is", "has", "without"})
BARE = {"answered": ("any", True), "none": ("none", True), "unknown": ("unknown", True)}
GROUPED, COUNTED = frozenset({"in", "outside"}), {"over": "num", "older": "date"}
TESTS = "is, has, without, answered, not answered, none, unknown, in, outside, over or older"


class NotACondition(ValueError):
    """What is written is no condition; the message names the place."""


@dataclass(frozen=True)
class _Word:
    text: str
    line: int

    @property
    def bare(self) -> str:
        return self.text.strip('"')

    @property
    def low(self) -> str:
        return self.text.casefold()


def written(when: Mapping[str, Any]) -> str:
    """A condition as the text that `read_condition` reads."""
    if "q" in when:
        tests = [_written_test(str(when["q"]), name, wanted) for name, wanted in when.items() if name != "q"]
        return " and ".join(tests)
    if "not" in when:
        return f"not {_inner(when['not'])}"
    word, parts = (" and ", when["all"]) if "all" in when else (" or ", when["any"])
    return word.join(_inner(one) for one in parts)


def _inner(when: Mapping[str, Any]) -> str:
    single = "not" in when or ("q" in when and len(when) == 2)
    return written(when) if single else f"({written(when)})"


def _written_test(place: str, test: str, wanted: Any) -> str:
    if test in {"any", "none", "unknown"}:
        word = "answered" if test == "any" else test
        return f"{place} {word}" if wanted else f"{place} not answered" if test == "any" else f"not {place} {word}"
    several = wanted if isinstance(wanted, list) else [wanted]
    return f"{place} {test} {', '.join(_quoted(str(one)) for one in several)}"


def _quoted(word: str) -> str:
    return word if re.fullmatch(r"[\w.]+", word) else f'"{word}"'


def read_condition(text: str, asked: Questionnaire) -> dict[str, Any]:
    """The condition a text says. Raises NotACondition naming the line and word that cannot be read."""
    if len(text) > LENGTH:
        raise NotACondition(f"A condition has at most {LENGTH:,} characters; this one has {len(text):,}.")
    reader = _Reader(_words(text), asked)
    when = reader.condition(0)
    if (more := reader.next) is not None:
        reader.refuse(more, "is one too many: join conditions with “and” or “or”")
    return when


def _words(text: str) -> list[_Word]:
    found, at = [], 0
    while at < len(text):
        line = text.count("\n", 0, at) + 1
        token = TOKEN.match(text, at)
        if token is None:
            raise NotACondition(f"Line {line}, at “{text[at : at + 12]}”: this sign has no meaning here.")
        if token[0].strip():
            found.append(_Word(token[0], line))
        at = token.end()
    return found


class _Reader:
    def __init__(self, words: list[_Word], asked: Questionnaire) -> None:
        self.words, self.asked, self.at = words, asked, 0

    @property
    def next(self) -> _Word | None:
        return self.words[self.at] if self.at < len(self.words) else None

    def is_next(self, word: str) -> bool:
        return self.next is not None and self.next.low == word

    def took(self, word: str) -> bool:
        if not self.is_next(word):
            return False
        self.at += 1
        return True

    def take(self, wanted: str) -> _Word:
        if (found := self.next) is None:
            after = f" after “{self.words[-1].text}”" if self.words else ""
            raise NotACondition(f"The condition ends{after}, where {wanted} has to stand.")
        self.at += 1
        return found

    def refuse(self, word: _Word, why: str) -> NoReturn:
        raise NotACondition(f"Line {word.line}, at “{word.text[:40]}”: this {why}.")

    def condition(self, depth: int) -> dict[str, Any]:
        return self.several("or", "any", lambda: self.several("and", "all", lambda: self.part(depth)))

    def several(self, word: str, name: str, one: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        parts = [one()]
        while self.took(word):
            parts.append(one())
        return {name: parts} if len(parts) > 1 else parts[0]

    def part(self, depth: int) -> dict[str, Any]:
        word = self.take("a question such as Q32")
        if depth > DEPTH:
            self.refuse(word, f"stands in more than {DEPTH} brackets")
        if word.low == "not":
            return {"not": self.part(depth + 1)}
        if word.text == "(":
            inner = self.condition(depth + 1)
            if not self.took(")"):
                self.refuse(word, "bracket is never closed")
            return inner
        return self.test(word)

    def test(self, place: _Word) -> dict[str, Any]:
        path, question, rest = self.place(place)
        test = self.take(f"one of {TESTS}")
        if test.low == "not" and self.took("answered"):
            return {"q": path, "any": False}
        if test.low in BARE:
            name, wanted = BARE[test.low]
            return {"q": path, name: wanted}
        type_, options = _asks(question, rest)
        if test.low in WORDS:
            return {"q": path, test.low: self.choices(path, type_, options)}
        if test.low in GROUPED:
            return {"q": path, test.low: self.group(test, path, type_)}
        if test.low not in COUNTED:
            self.refuse(test, f"has to be one of {TESTS}")
        return {"q": path, test.low: self.number(test, path, type_)}

    def place(self, word: _Word) -> tuple[str, Question, str]:
        name, _, rest = word.bare.partition(".")
        question = self.asked.questions.get(name.upper())
        if question is None:
            first, last = min(self.asked.questions), max(self.asked.questions)
            self.refuse(word, f"is no question; they are {first} to {last}")
        inner = [part.key for part in question.parts] + [one.key for one in question.parts[-1].columns]
        if rest and rest not in inner:
            known = " or ".join(f"{question.id}.{key}" for key in inner)
            self.refuse(word, f"is nothing {question.id} asks for; write {question.id} or {known}")
        return f"{question.id}.{rest}" if rest else question.id, question, rest

    def choices(self, path: str, type_: str, options: Mapping[str, str]) -> str | list[str]:
        found = [self.choice(path, type_, options)]
        while self.took(","):
            found.append(self.choice(path, type_, options))
        return found if len(found) > 1 else found[0]

    def choice(self, path: str, type_: str, options: Mapping[str, str]) -> str:
        word = self.take("an answer")
        if word.text in "(),":
            self.refuse(word, "has to be an answer")
        known: Mapping[str, str] = COUNTRIES if type_ == "country" else options
        if known and word.bare not in known:
            near = get_close_matches(word.bare, known, 3) or (list(known) if len(known) <= 12 else [])
            self.refuse(word, f"is no answer to {path}{'; write ' + ' or '.join(near) if near else ''}")
        if type_ == "table":
            self.refuse(word, f"is asked of a whole table; ask a column of {path}, or write “{path} answered”")
        return word.bare

    def group(self, test: _Word, path: str, type_: str) -> str:
        if type_ != "country":
            self.refuse(test, f"asks for countries, and {path} names none")
        word = self.take("eea, uk or us")
        if word.low not in self.asked.groups:
            self.refuse(word, f"is no group of countries; write {' or '.join(self.asked.groups)}")
        return word.low

    def number(self, test: _Word, path: str, type_: str) -> int:
        if type_ != COUNTED[test.low]:
            self.refuse(test, f"asks for {'a number' if test.low == 'over' else 'a day'}, and {path} is none")
        word = self.take("a number")
        if not (word.text.isascii() and word.text.isdigit() and len(word.text) <= 9):
            self.refuse(word, f"has to be a whole number{' of days' if test.low == 'older' else ''}")
        return int(word.text)


def _asks(question: Question, rest: str) -> tuple[str, Mapping[str, str]]:
    """The type of what a place asks for, and its answers."""
    part = question.part(rest or question.parts[0].key)
    if part is not None:
        return part.type, part.options
    column = next(one for one in question.parts[-1].columns if one.key == rest)
    return column.type, column.options


def places(asked: Questionnaire) -> list[tuple[Question, list[tuple[str, str, Mapping[str, str]]]]]:
    """Everything a condition can name: each question with its places, what they are called, and their answers."""
    found = []
    for question in asked.questions.values():
        first, *more = question.parts
        rows = [(question.id, first.label, first.options)]
        rows += [(f"{question.id}.{one.key}", one.label, one.options) for one in more]
        rows += [(f"{question.id}.{one.key}", one.label, one.options) for one in question.parts[-1].columns]
        found.append((question, rows))
    return found
