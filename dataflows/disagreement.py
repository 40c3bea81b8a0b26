"""Where a record of processing and its flows say different things, and what would take the flows' word over.

Pure questions over a complete record; a record without flows is not compared, since nothing follows from none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dataflows import vocabulary
from dataflows.models import ActivityData, DataFlow, DataItem, Party, ProcessingActivity

SPAN = re.compile(r"(\d+)\s*(hour|day|week|month|year|h\b|d\b)", re.IGNORECASE)
NAMED_ANYWAY = (Party.Role.CONTROLLER, Party.Role.JOINT_CONTROLLER)


@dataclass(frozen=True)
class Difference:
    """One thing only one of them says: a key for the mend (empty: mended by hand), a sentence, and the mend's label."""

    key: str
    text: str
    mend: str = ""


def differences(record: ProcessingActivity) -> list[Difference]:
    """Everything the two disagree about: data, people, recipients, countries, bases, time limits."""
    flows = record.flow_rows
    if not flows or record.state == ProcessingActivity.State.RETIRED:
        return []
    return [*_data(record), *_subjects(record), *_parties(record), *_bases(record), *_limits(record)]


def _said(flows: list[DataFlow]) -> str:
    shown = ", ".join(flow.reference for flow in flows[:4])
    return f"{shown} and {len(flows) - 4} more" if len(flows) > 4 else shown


def _data(record: ProcessingActivity) -> Iterator[Difference]:
    carried: dict[DataItem, list[DataFlow]] = {}
    for flow in record.flow_rows:
        for item in flow.data:
            carried.setdefault(item, []).append(flow)
    covered = [link.item for link in record.data_rows]
    for item, flows in carried.items():
        if item not in covered:
            text = f"{_said(flows)} carries {item.name}, which the record does not cover."
            yield Difference(f"data+{item.pk}", text, "Cover it")
    for item in covered:
        if item not in carried:
            text = f"The record covers {item.name}, which none of its flows carries."
            yield Difference(f"data-{item.pk}", text, "Take it out")


def _subjects(record: ProcessingActivity) -> Iterator[Difference]:
    known = vocabulary.subjects()
    told = {code for flow in record.flow_rows for code in flow.subject_categories if code in known}
    for code in sorted(told - set(record.subject_categories)):
        flows = [flow for flow in record.flow_rows if code in flow.subject_categories]
        text = f"{_said(flows)} is about {known[code].label.lower()}, whom the record does not name."
        yield Difference(f"subject+{code}", text, "Name them")
    for code in sorted(set(record.subject_categories) - told if told else ()):
        label = known[code].label.lower() if code in known else code
        yield Difference(f"subject-{code}", f"The record names {label}; none of its flows does.", "Take them out")


def reached(record: ProcessingActivity) -> dict[Party, list[DataFlow]]:
    """The parties on the way of its flows, and the importers of its transfers."""
    found: dict[Party, list[DataFlow]] = {}
    for flow in record.flow_rows:
        on_way = [node.party for node in flow.nodes] + [transfer.importer for transfer in flow.transfer_rows]
        for party in dict.fromkeys(one for one in on_way if one):
            found.setdefault(party, []).append(flow)
    return found


def _parties(record: ProcessingActivity) -> Iterator[Difference]:
    found = reached(record)
    named = [link.party for link in record.party_rows]
    for party, flows in found.items():
        if party not in named:
            where = "" if party.in_eea else f" in {vocabulary.country_name(party.country)}"
            text = f"{_said(flows)} reaches {party.name}{where}, whom the record does not name."
            yield Difference(f"party+{party.pk}", text, "Name it")
    for party in named:
        if party not in found and party.role not in NAMED_ANYWAY:
            text = f"The record names {party.name}, whom none of its flows reaches."
            yield Difference(f"party-{party.pk}", text, "Take it out")
    there = {party.country for party in (*found, *named)}
    for code in sorted({one for flow in record.flow_rows for one in flow.countries_outside_eea()} - there):
        flows = [flow for flow in record.flow_rows if code in flow.countries_outside_eea()]
        text = f"{_said(flows)} leads to {vocabulary.country_name(code)}, where nobody is whom the record names."
        yield Difference("", text)


def _bases(record: ProcessingActivity) -> Iterator[Difference]:
    known, held = vocabulary.bases(), {row.legal_basis for row in record.purpose_rows}
    resting: dict[str, list[DataFlow]] = {}
    for flow in record.flow_rows:
        if flow.legal_basis:
            resting.setdefault(flow.legal_basis, []).append(flow)
    for code, flows in resting.items():
        if code not in held:
            text = f"{_said(flows)} rests on {known[code]}; no purpose of the record does."
            yield Difference(f"basis+{code}", text, "Add the purpose")
    for code in sorted(held - set(resting) - {""} if resting else ()):
        yield Difference("", f"A purpose of the record rests on {known[code]}; none of its flows does.")


def limit_in_flows(record: ProcessingActivity, item: DataItem) -> list[str]:
    """How long the flows say an item is kept, each once."""
    return list(dict.fromkeys(f.retention.strip() for f in record.flow_rows if item in f.data and f.retention.strip()))


def _limits(record: ProcessingActivity) -> Iterator[Difference]:
    for link in record.data_rows:
        told = limit_in_flows(record, link.item)
        if not told:
            continue
        one = f"limit+{link.item_id}" if len(told) == 1 and link.rule is None else ""
        if not link.limit:
            text = f"{link.item.name}: its flows say {'; '.join(told)}, the record has no time limit."
            yield Difference(one, text, "Take it over" if one else "")
        elif _differs(link, told):
            text = f"{link.item.name}: its flows say {'; '.join(told)}, the record says {link.limit}."
            yield Difference(one, text, "Take it over" if one else "")


def _differs(link: ActivityData, told: list[str]) -> bool:
    """Whether the spans are others; words that give none are left to people."""
    mine = _spans(link.rule.length if link.rule else link.retention)
    return bool(mine) and any(_spans(text) and not mine & _spans(text) for text in told)


def _spans(text: str) -> set[tuple[str, str]]:
    return {(count, unit[0].lower()) for count, unit in SPAN.findall(text)}
