"""Reading the pairs: what a requirement answers to, and how two editions compare."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from controls.models import INVERSE, Edition, Mapping, Relation, Requirement


@dataclass(frozen=True)
class Counterpart:
    """A pair as seen from one of its ends: this end `relation` the `requirement` at the other."""

    mapping: Mapping
    here: Requirement
    requirement: Requirement
    relation: Relation

    @property
    def relation_words(self) -> str:
        return str(self.relation.label)


@dataclass(frozen=True)
class Comparison:
    """Two editions side by side: every pair read from `one`, and what either has without a counterpart."""

    one: Edition
    other: Edition
    pairs: list[Counterpart]
    one_alone: list[Requirement]
    other_alone: list[Requirement]
    one_assessable: int
    other_assessable: int

    @cached_property
    def one_matched(self) -> int:
        return self.one_assessable - len(self.one_alone)

    @cached_property
    def other_matched(self) -> int:
        return self.other_assessable - len(self.other_alone)


def seen_from(mapping: Mapping, end: Requirement) -> Counterpart:
    """The pair read from `end`, with its relation turned round when it was written from the other side."""
    relation = Relation(mapping.relation)
    if mapping.from_requirement_id == end.pk:
        return Counterpart(mapping, end, mapping.to_requirement, relation)
    return Counterpart(mapping, end, mapping.from_requirement, INVERSE[relation])


def counterparts(requirement: Requirement) -> list[tuple[Edition, list[Counterpart]]]:
    """Everything a requirement is paired with, either way round, by edition in their order. One query."""
    found = Mapping.objects.live().touching(requirement).with_ends()
    seen = sorted((seen_from(mapping, requirement) for mapping in found), key=_place)
    by_edition: dict[Edition, list[Counterpart]] = {}
    for counterpart in seen:
        by_edition.setdefault(counterpart.requirement.edition, []).append(counterpart)
    return list(by_edition.items())


def _place(counterpart: Counterpart) -> tuple[int, str, int]:
    edition = counterpart.requirement.edition
    return edition.position, edition.key, counterpart.requirement.position


def compare(one: Edition, other: Edition) -> Comparison:
    """Every pair between two editions, and the assessable requirements of each that have none. Three queries."""
    pairs = []
    for mapping in Mapping.objects.live().between(one, other).with_ends():
        written_here = mapping.from_requirement.edition_id == one.pk
        pairs.append(seen_from(mapping, mapping.from_requirement if written_here else mapping.to_requirement))
    pairs.sort(key=lambda pair: (pair.here.position, pair.requirement.position))
    one_rows, other_rows = _assessable(one), _assessable(other)
    return Comparison(
        one,
        other,
        pairs,
        _without(one_rows, (pair.here for pair in pairs)),
        _without(other_rows, (pair.requirement for pair in pairs)),
        len(one_rows),
        len(other_rows),
    )


def _assessable(edition: Edition) -> list[Requirement]:
    return list(Requirement.objects.live().assessable().in_edition(edition).order_by("position"))


def _without(rows: list[Requirement], matched: Iterable[Requirement]) -> list[Requirement]:
    keys = {requirement.pk for requirement in matched}
    return [row for row in rows if row.pk not in keys]
