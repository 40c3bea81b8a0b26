"""The records a statement of applicability is made of today: tuples with the names of the records' fields, read by
queries whose SQL is written once.

Only what the lines use is read: evidence of what runs in the scope or of a requirement of the edition, not all of it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, cached_property, partial
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import CharField, DateField, Exists, IntegerField, OuterRef, Q, QuerySet, Value

from compliance.ledger.moment import now_read
from compliance.prepared import Prepared
from compliance.projects.models import Organisation, Project
from controls.addresses import split
from controls.claims import Claim, claims
from controls.models import (
    Applicability,
    Control,
    ControlRequirement,
    Edition,
    EvidenceImplementation,
    EvidenceRequirement,
    EvidenceState,
    EvidenceVersion,
    Implementation,
)
from controls.models.applicability import holding_on

Scope = Organisation | Project
ANSWERS, SHOWS, SPEAKS = range(3)  # kinds of links


class Named(NamedTuple):
    """A control, a piece of evidence, a group of requirements: what it is called."""

    reference: str
    title: str

    @property
    def ref(self) -> str:
        return self.reference


class Asked(NamedTuple):
    """A requirement."""

    pk: UUID
    ref: str
    title: str
    edition_id: UUID
    group: Named


class Linked(NamedTuple):
    """What a row names as carrying it out."""

    pk: UUID
    reference: str
    control_id: UUID


class Decided(NamedTuple):
    """A row of the statement."""

    pk: UUID
    included: bool
    codes: str
    justification: str
    exclusion_reason: str
    deviation_reason: str
    holds_until: date | None
    project_id: UUID | None
    owner_id: UUID | None
    owner: str  # the name, or nothing
    requirement: Asked
    implementation: Linked | None

    @property
    def requirement_id(self) -> UUID:
        return self.requirement.pk

    @property
    def implementation_id(self) -> UUID | None:
        return self.implementation.pk if self.implementation else None


class Running(NamedTuple):
    """A control at work."""

    pk: UUID
    reference: str
    status: str
    effectiveness: str
    planned_date: date | None
    statement: str
    project_id: UUID | None
    control_id: UUID
    control: Named

    def is_operating(self, shown: bool) -> bool:
        """As an `Implementation` says it."""
        return Implementation.is_operating(self, shown)  # type: ignore[arg-type]


class Accepted(NamedTuple):
    """A version of evidence that was accepted."""

    evidence_id: UUID
    valid_until: date | None
    evidence: Named
    state: str = EvidenceState.ACCEPTED.value

    def standing_on(self, on: date) -> str:
        """As an `EvidenceVersion` says it."""
        return EvidenceVersion.standing_on(self, on)  # type: ignore[arg-type]


class Relied(Mapping[UUID, Sequence[str]]):
    """What relies on each control; by what is read when somebody asks."""

    def __init__(self, controls: Collection[UUID], read: Callable[[], Mapping[UUID, Sequence[str]]]) -> None:
        self.controls = frozenset(controls)
        self.read = read

    @cached_property
    def references(self) -> Mapping[UUID, Sequence[str]]:
        return self.read()

    def __getitem__(self, control: UUID) -> Sequence[str]:
        if control not in self.controls:
            raise KeyError(control)
        return self.references[control]

    def __contains__(self, control: object) -> bool:
        return control in self.controls

    def __iter__(self) -> Iterator[UUID]:
        return iter(self.controls)

    def __len__(self) -> int:
        return len(self.controls)


def records(scope: Scope, edition: Edition | None = None) -> dict[str, Any]:
    """What `Holdings` takes, by its names; four queries."""
    organisation, project = split(scope)
    values: dict[str, Any] = {"organisation": organisation.pk, "today": now_read().date()}
    values |= {"project": project.pk} if project else {}
    values |= {"edition": edition.pk} if edition else {}
    found = {
        name: query(**{slot: values[slot] for slot in query.kinds})
        for name, query in _queries(project is not None, edition is not None).items()
    }
    versions, links, shows, speaks = _linked(found["links"])
    groups: dict[tuple[str, str], Named] = {}
    return {
        "rows": [_row(row, groups) for row in found["rows"]],
        "links": links,
        "implementations": [Running._make((*row[:8], Named(*row[8:]))) for row in found["implementations"]],
        "versions": versions,
        "shows": shows,
        "speaks": speaks,
        "claims": _relied(scope, values),
    }


def _row(row: tuple[Any, ...], groups: dict[tuple[str, str], Named]) -> Decided:
    *own, name, email, carried, carried_reference, control, asked, ref, title, edition, group, group_title = row
    key = (group, group_title)
    named = groups.get(key) or groups.setdefault(key, Named(*key))
    linked = Linked(carried, carried_reference, control) if carried else None
    return Decided._make((*own, name or email or "", Asked(asked, ref, title, edition, named), linked))


Pairs = list[tuple[UUID, UUID]]


def _linked(rows: list[tuple[Any, ...]]) -> tuple[list[Accepted], Pairs, Pairs, Pairs]:
    """The versions in the order of their references, and the pairs of each kind of link."""
    versions: dict[UUID, Accepted] = {}
    pairs: dict[int, Pairs] = {ANSWERS: [], SHOWS: [], SPEAKS: []}
    for kind, one, other, until, reference, title in rows:
        pairs[kind].append((one, other))
        if kind != ANSWERS and other not in versions:
            versions[other] = Accepted(other, until, Named(reference, title))
    in_order = sorted(versions.values(), key=lambda one: one.evidence.reference)
    return in_order, pairs[ANSWERS], pairs[SHOWS], pairs[SPEAKS]


@cache
def _queries(in_project: bool, of_edition: bool) -> dict[str, Prepared]:
    scope = {"organisation": UUID} | ({"project": UUID} if in_project else {})
    both = scope | ({"edition": UUID} if of_edition else {})
    return {
        "rows": Prepared(_rows, **both, **({"today": date} if in_project else {})),
        "implementations": Prepared(_implementations, **scope),
        "links": Prepared(_links, **both),
    }


def _rows(
    organisation: UUID, project: UUID | None = None, edition: UUID | None = None, today: date | None = None
) -> QuerySet[Any, Any]:
    """The organisation's decisions, and in a project its own instead where it has some that hold today."""
    found = Applicability.objects.filter(organisation=organisation)
    if project and today:
        holds = holding_on(today)
        own = Applicability.objects.filter(holds, project=project, requirement=OuterRef("requirement"))
        found = found.filter((Q(project=project) & holds) | (Q(project__isnull=True) & ~Exists(own)))
    else:
        found = found.filter(project__isnull=True)
    if edition:
        found = found.filter(requirement__edition=edition)
    own_fields = ("pk", *Decided._fields[1:9], "owner__name", "owner__email")
    carried = ("implementation_id", "implementation__reference", "implementation__control_id")
    asked = ("requirement_id", "requirement__ref", "requirement__title", "requirement__edition_id")
    group = ("requirement__group__ref", "requirement__group__title")
    in_order = found.order_by("requirement__edition__position", "requirement__position")
    return in_order.values_list(*own_fields, *carried, *asked, *group)


def _running(organisation: UUID, project: UUID | None = None, at: str = "") -> Q:
    """Controls at work that count in a scope."""
    shared = Q(**{f"{at}project__isnull": True})
    where = shared | Q(**{f"{at}project": project}) if project else shared
    return Q(where, **{f"{at}organisation": organisation}) & ~Q(**{f"{at}status": "retired"})


def _implementations(organisation: UUID, project: UUID | None = None) -> QuerySet[Any, Any]:
    found = Implementation.objects.filter(_running(organisation, project)).order_by()
    return found.values_list(*Running._fields[:8], "control__reference", "control__title")


def _links(organisation: UUID, project: UUID | None = None, edition: UUID | None = None) -> QuerySet[Any, Any]:
    """Controls beside the requirements they answer, and accepted evidence beside what it is shown for."""
    answers = ControlRequirement.objects.filter(organisation=organisation).order_by()
    shows = EvidenceImplementation.objects.filter(_running(organisation, project, "implementation__"))
    speaks = EvidenceRequirement.objects.all()
    if edition:
        answers, speaks = answers.filter(requirement__edition=edition), speaks.filter(requirement__edition=edition)
    evidence = ("evidence_id", "evidence__versions__valid_until", "evidence__reference", "evidence__title")
    nothing = {"until": Value(None, DateField()), "named": Value("", CharField()), "titled": Value("", CharField())}
    found = [
        _accepted(links, organisation, project)
        .annotate(kind=Value(kind, IntegerField()))
        .values_list("kind", shown, *evidence)
        for links, kind, shown in ((shows, SHOWS, "implementation_id"), (speaks, SPEAKS, "requirement_id"))
    ]
    answered = answers.annotate(kind=Value(ANSWERS, IntegerField()), **nothing)
    return found[0].union(found[1], answered.values_list("kind", "control_id", "requirement_id", *nothing), all=True)


def _accepted(links: Any, organisation: UUID, project: UUID | None) -> Any:
    """Links of a scope whose evidence has an accepted version there."""
    held = Q(organisation=organisation, evidence__versions__organisation=organisation)
    if project:
        for at in ("", "evidence__versions__"):
            held &= Q(**{f"{at}project": project}) | Q(**{f"{at}project__isnull": True})
    return links.filter(held, evidence__versions__state=EvidenceState.ACCEPTED).order_by()


def _relied(scope: Scope, values: dict[str, UUID]) -> dict[str, Mapping[UUID, Sequence[str]]]:
    """What every kind of claim says; which controls it names is one query, and the rest waits until it is asked."""
    linked = [item for item in claims if item.links]
    found: dict[str, Mapping[UUID, Sequence[str]]] = {
        item.key: item.find(scope, at=None) for item in claims if not item.links
    }
    if linked:
        asked = _claimed("project" in values, tuple(linked))
        rows = asked(**{slot: values[slot] for slot in asked.kinds})
        for n, item in enumerate(linked, 1):
            found[item.key] = Relied([row[0] for row in rows if row[n]], partial(item.find, scope))
    return found


@cache
def _claimed(in_project: bool, linked: tuple[Claim, ...]) -> Prepared:
    """Each control of the organisation, and whether something of each kind relies on it."""

    def rows(organisation: UUID, project: UUID | None = None) -> QuerySet[Any, Any]:
        house = Organisation(pk=organisation)
        scope: Scope = Project(pk=project, organisation=house) if project else house
        relies = {
            f"by_{item.key}": Exists(item.links.rows(scope).filter(**{item.links.control: OuterRef("pk")}).order_by())
            for item in linked
            if item.links
        }
        found = Control.objects.filter(organisation=organisation).order_by()
        return found.annotate(**relies).values_list("pk", *relies)

    return Prepared(rows, organisation=UUID, **({"project": UUID} if in_project else {}))
