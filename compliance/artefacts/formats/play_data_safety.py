"""The Data safety form of Google Play as the Play Console exports and imports it: CSV, one line per possible answer.

Every line is kept as it is written, so that a form that is read and written is the same to the byte, also where it asks
what is not known here. Changing an answer writes that one field anew.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from compliance.artefacts.formats.json_file import MAX_BYTES, Unreadable
from compliance.artefacts.formats.play_questions import (
    GROUPS,
    OPTIONAL,
    PURPOSES,
    REQUIRED,
    USAGE,
    question_labels,
    questions,
)

COLUMNS = (
    "Question ID (machine readable)",
    "Response ID (machine readable)",
    "Response value",
    "Answer requirement",
    "Human-friendly question label",
)
MAX_LINES = 20_000
LONGEST = 20_000
FIELD = re.compile(r'("(?:[^"]|"")*"|[^,\r\n"]*)(,|\r\n|\n|\r|\Z)')
YES, NO = "true", "false"
Key = tuple[str, str]


@dataclass(frozen=True)
class Row:
    """A line: which answer to which question, what was answered, and the fields as they are written."""

    line: int
    question: str
    response: str
    value: str
    raw: tuple[str, ...]
    end: str

    @property
    def key(self) -> Key:
        return self.question, self.response


@dataclass(frozen=True)
class Form:
    """A form: what stands before its first answer, its lines, and the place of the answer among their fields."""

    head: str
    rows: tuple[Row, ...]
    value_at: int = 2
    width: int = len(COLUMNS)

    def answers(self) -> dict[Key, str]:
        """What was answered, yes and no as `true` and `false`; what was left open is missing."""
        return {row.key: plain(row.value) for row in self.rows if row.question and row.value.strip()}


@dataclass(frozen=True)
class DataUse:
    """What a form says about one type of data; `ephemeral` and `optional` are None where it does not say."""

    type: str
    collected: bool = False
    shared: bool = False
    ephemeral: bool | None = None
    optional: bool | None = None
    collected_for: frozenset[str] = frozenset()
    shared_for: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Declared:
    """A form as it is meant: the types it declares by their codes, and the answers about the whole app."""

    types: dict[str, DataUse] = field(default_factory=dict)
    general: dict[Key, str] = field(default_factory=dict)


def is_this(data: bytes) -> bool:
    """Whether a file begins like the form."""
    return COLUMNS[0].encode() in data[:400]


def read(data: bytes) -> Form:
    """The form in a file. Raises Unreadable, which names the line."""
    if len(data) > MAX_BYTES:
        raise Unreadable(f"The file has more than {MAX_BYTES // 1024 // 1024} MB: this is no Data safety form.")
    records = _records(_text(data))
    first = next(records, None)
    if first is None:
        raise Unreadable("The file is empty.")
    _, raw, end = first
    names = [_value(one).lstrip("\ufeff").strip().lower() for one in raw]
    places = [_place(names, column) for column in COLUMNS[:3]]
    rows = tuple(_row(line, fields, ending, len(names), places) for line, fields, ending in records)
    _check(rows)
    return Form(",".join(raw) + end, rows, places[2], len(names))


def write(form: Form) -> bytes:
    """The file of a form."""
    return (form.head + "".join(",".join(row.raw) + row.end for row in form.rows)).encode("utf-8")


def plain(value: str) -> str:
    """An answer as it is compared: yes and no are written in many ways."""
    word = value.strip()
    return word.lower() if word.lower() in (YES, NO) else word


def blank() -> Form:
    """A form with every question known here, and no answer."""
    labels = question_labels()
    form = Form(",".join(COLUMNS) + "\r\n", ())
    rows = [
        _written(n, (question, response, "", kind, labels[question, response]), "\r\n")
        for n, (question, response, kind) in enumerate(questions(), 2)
    ]
    return replace(form, rows=tuple(rows))


def with_answers(form: Form, answers: Mapping[Key, str]) -> Form:
    """The form with these answers; an answer that means the same leaves its line as it is, an unknown one is added."""
    known = {row.key for row in form.rows}
    rows = [_answered(row, answers[row.key], form.value_at) if row.key in answers else row for row in form.rows]
    new = [(key, value) for key, value in answers.items() if key not in known and value]
    if new and rows and not rows[-1].end:
        rows[-1] = replace(rows[-1], end="\r\n")
    labels = question_labels()
    for (question, response), value in new:
        fields = [""] * form.width
        fields[0], fields[1], fields[form.value_at] = question, response, value
        if form.width == len(COLUMNS):
            fields[4] = labels.get((question, response), "")
        rows.append(_written(len(rows) + 2, tuple(fields), "\r\n", form.value_at))
    return replace(form, rows=tuple(rows))


def declared(form: Form) -> Declared:
    """What a form means."""
    types: dict[str, DataUse] = {}
    general: dict[Key, str] = {}
    for (question, response), value in form.answers().items():
        if question.startswith(USAGE):
            _, _, rest = question.partition(":")
            code, _, asked = rest.partition(":")
            types[code] = _used(types.get(code, DataUse(code)), asked, response, value)
        elif question.startswith("PSL_DATA_TYPES_"):
            if value == YES:
                types.setdefault(response, DataUse(response))
        else:
            general[question, response] = value
    chosen = {
        row.response for row in form.rows if row.question.startswith("PSL_DATA_TYPES_") and plain(row.value) == YES
    }
    return Declared({code: use for code, use in types.items() if code in chosen}, general)


def answers_of(uses: Iterable[DataUse]) -> dict[Key, str]:
    """The answers that say this about types of data, and of every other known type that it is not declared."""
    by_code = {use.type: use for use in uses}
    answers: dict[Key, str] = {}
    for group, codes in GROUPS.items():
        for code in codes:
            use = by_code.get(code)
            answers[f"PSL_DATA_TYPES_{group}", code] = YES if use else ""
            answers.update(_usage(code, use or DataUse(code)))
    return answers


def _usage(code: str, use: DataUse) -> Iterator[tuple[Key, str]]:
    ask = f"{USAGE}{code}:"
    collection, control = f"{ask}PSL_DATA_USAGE_COLLECTION_AND_SHARING", f"{ask}DATA_USAGE_USER_CONTROL"
    yield (collection, "PSL_DATA_USAGE_ONLY_COLLECTED"), YES if use.collected else ""
    yield (collection, "PSL_DATA_USAGE_ONLY_SHARED"), YES if use.shared else ""
    ephemeral = "" if use.ephemeral is None else YES if use.ephemeral else NO
    yield (f"{ask}PSL_DATA_USAGE_EPHEMERAL", ""), ephemeral
    yield (control, OPTIONAL), YES if use.optional else ""
    yield (control, REQUIRED), YES if use.optional is False else ""
    for purpose in PURPOSES:
        yield (f"{ask}DATA_USAGE_COLLECTION_PURPOSE", purpose), YES if purpose in use.collected_for else ""
        yield (f"{ask}DATA_USAGE_SHARING_PURPOSE", purpose), YES if purpose in use.shared_for else ""


def _used(use: DataUse, asked: str, response: str, value: str) -> DataUse:
    """A use with one more answer; what is not known here changes nothing."""
    if asked == "PSL_DATA_USAGE_EPHEMERAL":
        return replace(use, ephemeral=value == YES)
    if value != YES:
        return use
    if asked == "DATA_USAGE_COLLECTION_PURPOSE":
        return replace(use, collected_for=use.collected_for | {response})
    if asked == "DATA_USAGE_SHARING_PURPOSE":
        return replace(use, shared_for=use.shared_for | {response})
    if response in (OPTIONAL, REQUIRED):
        return replace(use, optional=response == OPTIONAL)
    collected = use.collected or response == "PSL_DATA_USAGE_ONLY_COLLECTED"
    return replace(use, collected=collected, shared=use.shared or response == "PSL_DATA_USAGE_ONLY_SHARED")


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Unreadable(f"Line {line}: this is no text in UTF-8.") from error
    if "\x00" in text:
        raise Unreadable(f"Line {text[: text.index(chr(0))].count(chr(10)) + 1}: it holds a character no form has.")
    return text


def _records(text: str) -> Iterator[tuple[int, tuple[str, ...], str]]:
    """Line number, fields as they are written, and what ends the line."""
    at, line, count = 0, 1, 0
    while at < len(text):
        fields, start = [], line
        while True:
            match = FIELD.match(text, at)
            if match is None:
                raise Unreadable(f"Line {line}: a quotation mark is not closed, or stands inside a field.")
            raw, end = match.groups()
            fields.append(raw)
            line, at = line + raw.count("\n") + (end != "," and bool(end)), match.end()
            if end != ",":
                break
        count += 1
        if count > MAX_LINES:
            raise Unreadable(f"Line {start}: the file has more than {MAX_LINES:,} lines; this is no Data safety form.")
        yield start, tuple(fields), end


def _place(names: list[str], column: str) -> int:
    if column.lower() not in names:
        raise Unreadable(f"Line 1: the column “{column}” is missing. Export the form from the Play Console as CSV.")
    return names.index(column.lower())


def _row(line: int, raw: tuple[str, ...], end: str, width: int, places: list[int]) -> Row:
    if raw == ("",):
        return Row(line, "", "", "", raw, end)
    if len(raw) != width:
        raise Unreadable(f"Line {line}: it has {len(raw)} fields, the first line has {width}.")
    long = next((one for one in raw if len(one) > LONGEST), None)
    if long is not None:
        raise Unreadable(f"Line {line}: a field has more than {LONGEST:,} characters.")
    question, response, value = (_value(raw[place]) for place in places)
    if not question.strip():
        raise Unreadable(f"Line {line}: the question has no ID.")
    return Row(line, question.strip(), response.strip(), value, raw, end)


def _check(rows: Iterable[Row]) -> None:
    seen: dict[Key, int] = {}
    for row in rows:
        if row.question and row.key in seen:
            called = " / ".join(part for part in row.key if part)[:120]
            raise Unreadable(f"Line {row.line}: {called} is answered in line {seen[row.key]} already.")
        seen[row.key] = row.line


def _answered(row: Row, value: str, at: int) -> Row:
    if plain(row.value) == plain(value):
        return row
    raw = (*row.raw[:at], _quoted(value), *row.raw[at + 1 :])
    return replace(row, value=value, raw=raw)


def _written(line: int, fields: tuple[str, ...], end: str, value_at: int = 2) -> Row:
    return Row(line, fields[0], fields[1], fields[value_at], tuple(map(_quoted, fields)), end)


def _value(raw: str) -> str:
    return raw[1:-1].replace('""', '"') if raw.startswith('"') else raw


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if re.search(r'[",\r\n]', value) else value
