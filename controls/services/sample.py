"""Populations are frozen and samples drawn here, once each, so that anybody can draw them again and get the same."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO, StringIO
from secrets import token_hex
from typing import IO, Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.exchange.cells import words
from compliance.exchange.workbook import WorkbookRefused, workbook_rows
from compliance.files import store as files
from compliance.ledger import Refused, change, need_reason
from compliance.ledger.context import simulated_moment
from compliance.projects.models import Organisation, Project
from controls.addresses import split
from controls.drawing import ALGORITHM, CannotDraw, at_random, every_nth, within_groups
from controls.models import ControlTest, ControlTestState, Draw, Evidence, Sample, SampleItem, Verdict
from controls.services.control_test import SAMPLING, check_tester

ZIP = b"PK\x03\x04"
MOST_ITEMS = 200_000
MOST_BYTES = 50 * 1024 * 1024
MOST_DRAWN = 1_000
LONGEST_ITEM = 2_000


class BadPopulation(Refused):
    """The list cannot be taken as a population; the message names the line."""


def read_population(stream: IO[bytes], *, name: str, has_header: bool) -> tuple[str, list[str]]:
    """Column names (or nothing) and items of a workbook, CSV or text file, one record each. Raises BadPopulation."""
    data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise BadPopulation(f"{name} is larger than {files.readable_size(MOST_BYTES)}: split the population.")
    lines = _workbook_records(data, name) if data.startswith(ZIP) else _text_records(data, name)
    items = [line.strip() for line in lines if line.strip(" ,")]
    header = items.pop(0) if has_header and items else ""
    return header, items


def _text_records(data: bytes, name: str) -> list[str]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = data[: wrong.start].count(b"\n") + 1
        raise BadPopulation(f"{name}, line {line}: not UTF-8 text. Save the list as CSV or text in UTF-8.") from None
    if "\0" in text:
        raise BadPopulation(f"{name} is no text: save the list as XLSX, or as CSV or text in UTF-8.")
    return _records(text, name) if name.lower().endswith(".csv") else text.splitlines()


def _workbook_records(data: bytes, name: str) -> list[str]:
    """The rows of the first sheet as they would stand in a CSV file."""
    try:
        return [
            _record("" if cell is None else words(cell) for cell in cells)
            for _, cells in workbook_rows(BytesIO(data), [])
        ]
    except WorkbookRefused as refused:
        raise BadPopulation(f"{name}: {refused}") from refused


def _record(cells: Iterable[str]) -> str:
    line, found = StringIO(), [" ".join(cell.split()) for cell in cells]
    while found and not found[-1]:
        found.pop()
    csv.writer(line, lineterminator="").writerow(found)
    return line.getvalue()


def freeze_population(
    *,
    items: Sequence[str],
    source: str,
    by: User,
    test: ControlTest | None = None,
    scope: Organisation | Project | None = None,
    header: str = "",
    reason: str = "",
    **details: Any,
) -> Sample:
    """Keep a list as a population, for a test or (with `scope`) for whoever keeps the sample.

    The bytes are stored under their hash before anything is drawn; nothing changes them afterwards. Raises
    BadPopulation, and NotYourTest for anybody but the tester.
    """
    organisation, project = _home(test, scope)
    if test is not None:
        _check_running(test, by)
    clean = _clean(items)
    if not source.strip():
        raise BadPopulation("Say where the list comes from: system, query, and when it was taken.")
    content = BytesIO("".join(f"{item}\n" for item in clean).encode())
    with change(by=by, reason=reason):
        sample = Sample(
            organisation=organisation,
            project=project,
            test=test,
            population_source=source,
            population=files.store(content, limit=MOST_BYTES, name="The population", types=None),
            population_count=len(clean),
            header=header,
            frozen_by=by,
            frozen_at=simulated_moment() or timezone.now(),
            **details,
        )
        sample.save()
    return sample


def draw_sample(
    *,
    sample: Sample,
    draw: str,
    by: User,
    size: int | None = None,
    seed: str = "",
    stratum: str = "",
    positions: Iterable[int] = (),
    reason: str = "",
) -> Sample:
    """Draw, once. Without a size it is the usual one; without a seed the tool makes one. Raises Refused.

    `positions` are the lines chosen by judgement, which asks for a reason.
    """
    if sample.is_drawn:
        raise Refused(f"{sample.reference} is drawn already: freeze the population again for another sample.")
    if sample.test is not None:
        _check_running(sample.test, by)
    sample.draw, sample.stratum, sample.algorithm = draw, stratum, ALGORITHM
    sample.size = size or suggested_size(sample)
    sample.seed = seed or (token_hex(16) if draw in {Draw.RANDOM, Draw.SYSTEMATIC, Draw.STRATIFIED} else "")
    lines = population_of(sample)
    chosen = sorted(set(positions)) if draw == Draw.JUDGEMENT else chosen_lines(sample, lines)
    if draw == Draw.JUDGEMENT:
        need_reason(reason, "Say why these items were chosen")
    _check_chosen(chosen, lines)
    home = {"organisation_id": sample.organisation_id, "project_id": sample.project_id}
    with change(by=by, reason=reason):
        sample.size, sample.drawn_by, sample.drawn_at = len(chosen), by, simulated_moment() or timezone.now()
        sample.save()
        SampleItem.objects.bulk_create(
            SampleItem(sample=sample, position=line, text=lines[line - 1], **home) for line in chosen
        )
    return sample


def chosen_lines(sample: Sample, lines: Sequence[str]) -> list[int]:
    """The lines its method, size and seed choose from a population. Raises Refused."""
    size = sample.size or 0
    if sample.draw == Draw.ALL:
        return list(range(1, len(lines) + 1))
    if not 1 <= size <= len(lines):
        raise Refused(f"Draw between 1 and {len(lines)} items: the population has no more.")
    if sample.draw == Draw.SYSTEMATIC:
        return every_nth(lines, size, sample.seed)
    if sample.draw == Draw.STRATIFIED:
        try:
            return within_groups(lines, size, sample.seed, _column(sample))
        except CannotDraw as impossible:
            raise Refused(str(impossible)) from None
    if sample.draw == Draw.RANDOM:
        return at_random(lines, size, sample.seed)
    raise Refused("Choose how the sample is drawn.")


def is_repeatable(sample: Sample) -> bool:
    """Whether the recorded seed still gives exactly these items, from exactly those bytes. Raises FileDamaged."""
    lines, items = population_of(sample), [(item.position, item.text) for item in sample.items.all()]
    drawn = [position for position, _ in items] if sample.draw == Draw.JUDGEMENT else chosen_lines(sample, lines)
    return items == [(line, lines[line - 1]) for line in drawn]


def population_of(sample: Sample) -> list[str]:
    """The items of the frozen population, checked against their hash. Raises FileDamaged."""
    with files.open_verified(sample.population) as stream:
        return stream.read().decode().splitlines()


def suggested_size(sample: Sample) -> int:
    """The usual size for how often the control operates, or for a control nobody said it of, 25."""
    frequency = sample.test.implementation.frequency if sample.test else ""
    return min(SAMPLING["sample_size"].get(frequency, 25), sample.population_count)


def record_items(*, sample: Sample, found: Mapping[int, tuple[str, str]], by: User, reason: str = "") -> int:
    """Write down verdict and note by line of the population; return how many changed. Exceptions need a note."""
    if sample.test is not None:
        _check_running(sample.test, by)
    changed = []
    for item in sample.items.filter(position__in=found):
        verdict, note = found[item.position]
        if verdict not in Verdict.values:
            raise Refused(f"Line {item.position}: choose what was found.")
        if verdict == Verdict.EXCEPTION and not note.strip():
            raise Refused(f"Line {item.position}: say what the exception is.")
        if (item.verdict, item.note) != (verdict, note):
            item.verdict, item.note, item.examined_by = verdict, note, by
            changed.append(item)
    with change(by=by, reason=reason):
        for item in changed:
            item.save()
    return len(changed)


def attach_evidence(*, item: SampleItem, evidence: Evidence, by: User, reason: str = "") -> SampleItem:
    """Say which piece of evidence shows what was found on an item."""
    if evidence.organisation_id != item.organisation_id:
        raise Refused(f"{evidence.reference} belongs to another organisation.")
    with change(by=by, reason=reason):
        item.evidence = evidence
        item.save()
    return item


def extrapolate(*, sample: Sample, words: str, by: User, reason: str = "") -> Sample:
    """Say what the sample means for the rest of the population."""
    if sample.test is not None:
        _check_running(sample.test, by)
    with change(by=by, reason=reason):
        sample.extrapolation = words
        sample.save()
    return sample


def _home(test: ControlTest | None, scope: Organisation | Project | None) -> tuple[Organisation, Project | None]:
    if test is not None:
        return test.organisation, test.project
    if scope is None:
        raise ValueError("A sample belongs to a test or to a scope.")
    return split(scope)


def _check_running(test: ControlTest, by: User) -> None:
    if test.state != ControlTestState.RUNNING:
        raise Refused(f"{test.reference} is {test.get_state_display().lower()}: only a running test is worked on.")
    check_tester(test, by)


def _clean(items: Sequence[str]) -> list[str]:
    clean = [" ".join(item.split()) for item in items]
    clean = [item for item in clean if item]
    if not clean:
        raise BadPopulation("The population is empty: give a list with one item a line.")
    if len(clean) > MOST_ITEMS:
        raise BadPopulation(f"The population has {len(clean)} items; {MOST_ITEMS} is the most: split it.")
    for line, item in enumerate(clean, 1):
        if len(item) > LONGEST_ITEM:
            raise BadPopulation(f"Line {line} is longer than {LONGEST_ITEM} characters: keep what identifies the item.")
    return clean


def _check_chosen(chosen: Sequence[int], lines: Sequence[str]) -> None:
    if not chosen:
        raise Refused("Choose at least one item.")
    if wrong := [line for line in chosen if not 1 <= line <= len(lines)]:
        raise Refused(f"Line {wrong[0]} is not in the population: it has {len(lines)} lines.")
    if len(chosen) > MOST_DRAWN:
        raise Refused(f"A sample has at most {MOST_DRAWN} items; these are {len(chosen)}.")


def _column(sample: Sample) -> int:
    names = next(csv.reader([sample.header]), []) if sample.header else []
    if sample.stratum not in names:
        raise Refused(f"Choose the column of the groups: {', '.join(names) or 'the population has no column names'}.")
    return names.index(sample.stratum)


def _records(text: str, name: str) -> list[str]:
    """The records of a CSV file, a line break inside a cell turned into a space."""
    records = []
    rows = csv.reader(StringIO(text))
    try:
        for row in rows:
            records.append(_record(row))
    except csv.Error as wrong:
        raise BadPopulation(f"{name}, line {rows.line_num}: {wrong}.") from None
    return records
