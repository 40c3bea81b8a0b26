"""What a notice has to say because approved flows do it, and whether it says so: line by line, pure questions.

A notice written here is searched for the names; what it says in other words ("our host in Luxembourg"), in another
language or in a file, the writer points to. Flows we carry out for another controller are that controller's to tell.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dataflows import vocabulary
from dataflows.models import DataFlow, Notice, TextVersion

RECIPIENT, COUNTRY, PURPOSE, CATEGORY, KEPT = "recipient", "country", "purpose", "category", "retention"
KINDS = {
    RECIPIENT: ("Recipient", "13(1)(e)"),
    COUNTRY: ("Country outside the EEA", "13(1)(f)"),
    PURPOSE: ("Purpose", "13(1)(c)"),
    CATEGORY: ("Data", "14(1)(d)"),
    KEPT: ("Kept for", "13(2)(a)"),
}
LEGAL_FORMS = frozenset(
    re.split(
        " ",
        "ab ag as bv co corp gmbh inc kg llc llp ltd limited nv oy oyj plc private pvt sa sarl sas se spa srl uab ug "
        "s.a. s.r.l. sp. z o.o. sàrl s.à r.l. b.v. e.v. & kgaa company",
    )
)
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Asked:
    """Something the flows make a notice say: its kind, what, the words it is searched by, and the flows."""

    kind: str
    what: str
    words: tuple[str, ...]
    flows: tuple[str, ...]

    @property
    def key(self) -> str:
        """What an answer is kept under."""
        return f"{self.kind}:{self.what}"[:200]

    @property
    def called(self) -> str:
        return KINDS[self.kind][0]

    @property
    def clause(self) -> str:
        return f"GDPR Art.\N{NO-BREAK SPACE}{KINDS[self.kind][1]}"


@dataclass(frozen=True)
class Answer:
    """Whether a text says it: found in its words, said elsewhere (`where`), or missing."""

    asked: Asked
    found: bool
    where: str

    @property
    def missing(self) -> bool:
        return not self.found and not self.where

    def __str__(self) -> str:
        return f"{self.asked.called} {self.asked.what} ({', '.join(self.asked.flows)}) is missing."


def told_by_us(flows: Iterable[DataFlow]) -> list[DataFlow]:
    """The flows we have to tell people of ourselves."""
    return [flow for flow in flows if flow.activity is None or flow.activity.is_controller]


def asked_of(flows: Iterable[DataFlow]) -> list[Asked]:
    """What these flows, which are complete, make a notice say: recipients first, then countries, purposes, data."""
    found: dict[tuple[str, str], tuple[tuple[str, ...], list[str]]] = {}
    for flow in told_by_us(flows):
        for kind, what, words in _of_flow(flow):
            references = found.setdefault((kind, what), (words, []))[1]
            if flow.reference not in references:
                references.append(flow.reference)
    rows = [Asked(kind, what, words, tuple(refs)) for (kind, what), (words, refs) in found.items()]
    order = list(KINDS)
    return sorted(rows, key=lambda row: (order.index(row.kind), row.what.casefold()))


def _of_flow(flow: DataFlow) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    if flow.leaves_device:
        for node in flow.nodes:
            if node.party and not node.on_device:
                yield RECIPIENT, node.party.name, (node.party.name, plain_name(node.party.name))
        for code in flow.countries_outside_eea():
            name = vocabulary.country_name(code)
            yield COUNTRY, name, (name,)
    if flow.purpose:
        yield PURPOSE, flow.purpose.strip().rstrip("."), (flow.purpose.strip().rstrip("."),)
    for item in flow.data:
        yield CATEGORY, item.name, (item.name, item.category_label)
    if flow.retention:
        yield KEPT, flow.retention, (flow.retention,)


def plain_name(name: str) -> str:
    """A company's name without its legal form."""
    words = name.replace(",", " ").split()
    while len(words) > 1 and words[-1].casefold() in LEGAL_FORMS:
        words.pop()
    return " ".join(words)


def check(version: TextVersion, flows: Iterable[DataFlow]) -> list[Answer]:
    """Everything the flows ask of a notice, each with where it is said."""
    text, said = plain(version.text), version.said
    return [Answer(one, _says(text, one.words), said.get(one.key, "")) for one in asked_of(flows)]


def missing(version: TextVersion, flows: Iterable[DataFlow]) -> list[Answer]:
    return [answer for answer in check(version, flows) if answer.missing]


def plain(text: str) -> str:
    """A text as it is searched: words and spaces, whatever marks it up."""
    return f" {' '.join(WORD.findall(text.casefold()))} "


def _says(text: str, words: Iterable[str]) -> bool:
    return any(asked.strip() and asked in text for asked in map(plain, words))


def proposals(
    notice: Notice, flows: Iterable[DataFlow], activities: Iterable[object], who: Mapping[str, str]
) -> dict[str, list[str]]:
    """What each row of the checklist could say, from flows, records and the organisation; `who` names its people."""
    mine = told_by_us(flows)
    by_kind: dict[str, list[str]] = defaultdict(list)
    for one in asked_of(mine):
        by_kind[one.kind].append(one.what)
    return {
        "controller": [who[name] for name in ("name", "address", "email") if who.get(name)],
        "dpo": [who[name] for name in ("dpo", "dpo_contact") if who.get(name)],
        "purposes": _once(f"{flow.purpose.rstrip('.')}: {_basis(flow)}" for flow in mine if flow.purpose),
        "interests": _once(flow.legitimate_interests for flow in mine if flow.legitimate_interests),
        "categories": by_kind[CATEGORY],
        "recipients": _once(f"{what}" for what in by_kind[RECIPIENT]),
        "transfers": _once(_transfers(mine)),
        "retention": _once(f"{_names(flow)}: {flow.retention}" for flow in mine if flow.retention),
        "withdrawal": _once(
            f"{flow.consent.title}: {flow.consent.withdrawal}"
            for flow in mine
            if flow.consent and flow.consent.withdrawal
        ),
        "automated": _once(_decisions(activities)),
        "source": _once(str(getattr(row, "data_source", "")) for row in activities),
        "rights": [],
        "complaint": [],
        "obligation": [],
        "place": [notice.place] if notice.place else [],
        "language": [str(notice.get_language_display())],
        "listing": [notice.listing_url] if notice.listing_url else [],
    }


def _basis(flow: DataFlow) -> str:
    said = [str(flow.get_legal_basis_display() or "no legal basis"), str(flow.get_article9_condition_display() or "")]
    return "; ".join(text for text in said if text)


def _names(flow: DataFlow) -> str:
    return ", ".join(item.name for item in flow.data)


def _transfers(flows: Iterable[DataFlow]) -> Iterator[str]:
    for flow in flows:
        recorded = {transfer.country: transfer for transfer in flow.transfer_rows}
        for code in flow.countries_outside_eea():
            transfer = recorded.get(code)
            mechanism = str(transfer.get_mechanism_display() or "") if transfer else ""
            yield f"{vocabulary.country_name(code)}: {mechanism or 'no mechanism recorded'}"


def _decisions(activities: Iterable[object]) -> Iterator[str]:
    for row in activities:
        if getattr(row, "automated_decisions", False):
            yield f"{getattr(row, 'name', '')}: decides automatically"


def _once(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(line for line in lines if line))
