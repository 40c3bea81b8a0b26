"""Coverage per framework: what our controls answer directly, what follows through a crosswalk, and what is open."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from compliance.projects.models import Organisation, Project
from controls.addresses import split
from controls.models import (
    Applicability,
    Confidence,
    Control,
    ControlRequirement,
    Edition,
    Implementation,
    Relation,
    Requirement,
)
from controls.models import Mapping as Pair
from controls.models.crosswalk import INVERSE

DIRECT, MAPPED, GAP = "direct", "mapped", "gap"
# The nearest relation first: what a met requirement says about the one it is paired with.
NEARNESS = {Relation.EQUAL: 0, Relation.SUPERSET: 1, Relation.SUBSET: 2, Relation.INTERSECTS: 3}
TRUST = {Confidence.HIGH: 0, Confidence.MEDIUM: 1, Confidence.LOW: 2}


@dataclass(frozen=True)
class Bridge:
    """One way in which a met requirement stands for another: it `relation` the other."""

    met: UUID
    relation: str
    confidence: str

    @property
    def rank(self) -> tuple[int, int]:
        return NEARNESS[Relation(self.relation)], TRUST[Confidence(self.confidence)]


@dataclass(frozen=True)
class Asked:
    """An included row of a statement, as far as coverage asks."""

    requirement: UUID
    edition: UUID
    implementation: UUID | None


@dataclass
class Tally:
    """How an edition is covered; the three add up to `total`."""

    edition: Edition
    direct: int = 0
    mapped: int = 0
    gap: int = 0

    @property
    def total(self) -> int:
        return self.direct + self.mapped + self.gap


@dataclass
class Picture:
    """Which requirements are met by a control of ours, and which others these stand for."""

    met: dict[UUID, list[UUID]] = field(default_factory=dict)
    bridges: dict[UUID, list[Bridge]] = field(default_factory=dict)

    def verdict(self, requirement: UUID) -> str:
        if requirement in self.met:
            return DIRECT
        return MAPPED if requirement in self.bridges else GAP


def draw(
    answers: Iterable[tuple[UUID, UUID]], asked: Iterable[Asked], pairs: Iterable[tuple[UUID, UUID, str, str]]
) -> Picture:
    """Join (implementation, requirement), included rows and (from, to, relation, confidence) pairs; no query."""
    met: dict[UUID, list[UUID]] = defaultdict(list)
    for implementation, requirement in answers:
        met[requirement].append(implementation)
    for row in asked:
        if row.implementation and row.implementation not in met[row.requirement]:
            met[row.requirement].append(row.implementation)
    picture = Picture(met={key: found for key, found in met.items() if found})
    bridges: dict[UUID, list[Bridge]] = defaultdict(list)
    for one, other, relation, confidence in pairs:
        if one in picture.met and other not in picture.met:
            bridges[other].append(Bridge(one, relation, confidence))
        elif other in picture.met and one not in picture.met:
            bridges[one].append(Bridge(other, str(INVERSE[Relation(relation)]), confidence))
    picture.bridges = {key: sorted(found, key=lambda one: one.rank) for key, found in bridges.items()}
    return picture


def read(scope: Organisation | Project) -> tuple[Picture, list[Asked]]:
    """Picture and included rows of a scope; four queries, whatever the number of controls and editions."""
    organisation, _ = split(scope)
    in_place = dict(Implementation.objects.running_in(scope).in_place().values_list("pk", "control_id"))
    by_control = defaultdict(list)
    for implementation, control in in_place.items():
        by_control[control].append(implementation)
    links = ControlRequirement.objects.in_organisation(organisation).values_list("control_id", "requirement_id")
    answers = [(one, requirement) for control, requirement in links for one in by_control.get(control, ())]
    rows = Applicability.objects.effective(scope).included()
    asked = [
        Asked(requirement, edition, implementation if implementation in in_place else None)
        for requirement, edition, implementation in rows.values_list(
            "requirement_id", "requirement__edition_id", "implementation_id"
        )
    ]
    ends = ("from_requirement_id", "to_requirement_id", "relation", "confidence")
    return draw(answers, asked, Pair.objects.live().values_list(*ends)), asked


def coverage_of(scope: Organisation | Project) -> list[Tally]:
    """Coverage of every edition a scope has adopted, counted as `Picture.verdict` tells row by row; five queries."""
    organisation, _ = split(scope)
    running = set(Implementation.objects.running_in(scope).in_place().values_list("pk", flat=True))
    answers = ControlRequirement.objects.in_organisation(organisation).filter(control__implementations__in=running)
    rows = Applicability.objects.effective(scope).included().order_by()
    asked = list(rows.values_list("requirement_id", "requirement__edition_id", "implementation_id"))
    met = set(answers.order_by().values_list("requirement_id", flat=True).distinct())
    met |= {requirement for requirement, _, implementation in asked if implementation in running}
    ends = list(Pair.objects.live().order_by().values_list("from_requirement_id", "to_requirement_id"))
    bridged = {other for one, other in ends if one in met} | {one for one, other in ends if other in met}
    counts = Counter(
        (edition, DIRECT if requirement in met else MAPPED if requirement in bridged else GAP)
        for requirement, edition, _ in asked
    )
    tallies = [
        Tally(edition, *(counts[(edition.pk, verdict)] for verdict in (DIRECT, MAPPED, GAP)))
        for edition in Edition.objects.filter(pk__in={edition for _, edition, _ in asked})
    ]
    return sorted(tallies, key=lambda tally: (tally.edition.position, tally.edition.key))


@dataclass(frozen=True)
class Covered:
    """One requirement with what meets it, or the nearest of what stands for it."""

    requirement: Requirement
    verdict: str
    implementations: list[Implementation]
    through: list[tuple[Requirement, str, str]]

    @property
    def nearest(self) -> tuple[Requirement, str, str] | None:
        return self.through[0] if self.through else None


def covered_rows(scope: Organisation | Project, edition: Edition) -> list[Covered]:
    """Every included requirement of an edition with its verdict and the ground for it; seven queries."""
    picture, asked = read(scope)
    wanted = {row.requirement for row in asked if row.edition == edition.pk}
    rows = Requirement.objects.filter(pk__in=wanted).select_related("group", "edition").order_by("position")
    return grounds(picture, list(rows))


def grounds(picture: Picture, rows: list[Requirement]) -> list[Covered]:
    """The verdict on each row and what it rests on; two queries."""
    bridged = {bridge.met for row in rows for bridge in picture.bridges.get(row.pk, ())}
    others = _bulk(Requirement, bridged, "edition")
    used = {key for row in rows for key in picture.met.get(row.pk, ())}
    running = _bulk(Implementation, used, "control")
    return [
        Covered(
            requirement=row,
            verdict=picture.verdict(row.pk),
            implementations=[running[key] for key in picture.met.get(row.pk, ())],
            through=[
                (others[bridge.met], str(Relation(bridge.relation).label), bridge.confidence)
                for bridge in picture.bridges.get(row.pk, ())
            ],
        )
        for row in rows
    ]


def counts_for(control: Control) -> Mapping[str, int]:
    """How many requirements of each edition a control answers, directly or through a crosswalk. Two queries."""
    direct = list(control.requirement_links.values_list("requirement_id", "requirement__edition__label"))
    keys = {key for key, _ in direct}
    found = {(key, label) for key, label in direct}
    pairs = Pair.objects.live().filter(Q(from_requirement__in=keys) | Q(to_requirement__in=keys))
    ends = [f"{end}_requirement{what}" for end in ("from", "to") for what in ("_id", "__edition__label")]
    for one, one_label, other, other_label in pairs.values_list(*ends):
        found |= {(one, one_label), (other, other_label)}
    return Counter(label for _, label in found)


def _bulk(model: Any, keys: set[UUID], related: str) -> dict[UUID, Any]:
    return {row.pk: row for row in model.objects.filter(pk__in=keys).select_related(related)}
