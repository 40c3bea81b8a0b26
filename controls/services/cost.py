"""What an edition would cost us: what of it our controls meet already, what a crosswalk says they meet, what is open.

What a crosswalk says is a proposal until a person has looked at the pair and confirmed it, with a reason.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed
from compliance.ledger.context import simulated_moment
from compliance.projects.models import Organisation, Project
from controls.addresses import split
from controls.models import CoverageConfirmation, Edition, Level, Mapping, Requirement
from controls.services.applicability import binding_requirements
from controls.services.coverage import DIRECT, GAP, MAPPED, Covered, Picture, grounds, read
from controls.services.crosswalk import Counterpart, seen_from
from controls.services.statement import statements_in

VERDICTS = (DIRECT, MAPPED, GAP)


@dataclass
class Cost:
    """An edition nobody here has adopted yet, counted; `confirmed` of `mapped` were looked at by a person."""

    edition: Edition
    direct: int = 0
    mapped: int = 0
    gap: int = 0
    confirmed: int = 0

    @property
    def total(self) -> int:
        return self.direct + self.mapped + self.gap


@dataclass(frozen=True)
class Ground:
    """A requirement with its verdict, the pairs it could be met through, and the confirmation there is."""

    covered: Covered
    pairs: list[Counterpart]
    confirmation: CoverageConfirmation | None

    @property
    def disputed(self) -> bool:
        """Whether the nearest pair is one that sources differ about."""
        return bool(self.pairs and self.pairs[0].mapping.disputed)


def costs(scope: Organisation | Project) -> list[Cost]:
    """Every edition that could be adopted, in their order; a fixed number of queries."""
    organisation, _ = split(scope)
    picture, _ = read(scope)
    taken = {one.edition_id for one in statements_in(scope)}
    found = {one.pk: Cost(one) for one in Edition.objects.visible_in(organisation).exclude(pk__in=taken)}
    rows = Requirement.objects.live().assessable().filter(edition__in=found).values_list("edition_id", "pk", "level")
    confirmed = set(confirmations(scope))
    for edition, key in _binding(rows):
        verdict = picture.verdict(key)
        setattr(found[edition], verdict, getattr(found[edition], verdict) + 1)
        found[edition].confirmed += verdict == MAPPED and key in confirmed
    return list(found.values())


def _binding(rows: Iterable[tuple[UUID, UUID, str]]) -> list[tuple[UUID, UUID]]:
    """Of each edition its controls, or all that is assessed where it has none (as `binding_requirements`)."""
    by_edition: dict[UUID, list[tuple[UUID, str]]] = defaultdict(list)
    for edition, key, level in rows:
        by_edition[edition].append((key, level))
    kept = []
    for edition, found in by_edition.items():
        controls = [key for key, level in found if level == Level.CONTROL]
        kept += [(edition, key) for key in controls or [key for key, _ in found]]
    return kept


def cost_rows(scope: Organisation | Project, edition: Edition, pii_role: str = "") -> list[Ground]:
    """Every requirement the edition would bring, with what meets it."""
    picture, _ = read(scope)
    rows = binding_requirements(edition, pii_role).select_related("group", "edition").order_by("position")
    return on_grounds(scope, picture, grounds(picture, list(rows)))


def on_grounds(scope: Organisation | Project, picture: Picture, rows: list[Covered]) -> list[Ground]:
    """Join the rows with their pairs, the nearest first, and with what somebody confirmed. Two queries."""
    mapped = {row.requirement.pk: row.requirement for row in rows if row.verdict == MAPPED}
    pairs = _pairs(picture, mapped)
    known = confirmations(scope)
    return [Ground(row, pairs.get(row.requirement.pk, []), known.get(row.requirement.pk)) for row in rows]


def _pairs(picture: Picture, rows: dict[UUID, Requirement]) -> dict[UUID, list[Counterpart]]:
    found: dict[UUID, list[Counterpart]] = defaultdict(list)
    touching = Q(from_requirement__in=rows) | Q(to_requirement__in=rows)
    for mapping in Mapping.objects.live().filter(touching).with_ends():
        for here, there in (
            (mapping.from_requirement_id, mapping.to_requirement_id),
            (mapping.to_requirement_id, mapping.from_requirement_id),
        ):
            if here in rows and there in picture.met:
                other = mapping.to_requirement if there == mapping.to_requirement_id else mapping.from_requirement
                # Read from the one that is met: it includes, equals, is part of or overlaps with this one.
                found[here].append(seen_from(mapping, other))
    order = {key: [bridge.met for bridge in bridges] for key, bridges in picture.bridges.items()}
    for key, pairs in found.items():
        pairs.sort(key=lambda pair: order[key].index(pair.here.pk))
    return found


def confirmations(scope: Organisation | Project) -> dict[UUID, CoverageConfirmation]:
    """What somebody confirmed for a scope, by requirement; a project also has its organisation's."""
    rows = CoverageConfirmation.objects.select_related("by", "mapping")
    found = rows.for_project(scope) if isinstance(scope, Project) else rows.in_organisation(scope).shared()
    return {one.requirement_id: one for one in sorted(found, key=lambda one: one.project_id is not None)}


def ground_of(scope: Organisation | Project, requirement: Requirement) -> Ground:
    """One requirement, as `cost_rows` tells it."""
    picture, _ = read(scope)
    return on_grounds(scope, picture, grounds(picture, [requirement]))[0]


@governed("Say why the one meets the other: what did you compare?")
def confirm_coverage(
    *, scope: Organisation | Project, requirement: Requirement, mapping: Mapping, by: User, reason: str
) -> CoverageConfirmation:
    """Confirm that a requirement is met through a pair with one that a control of ours meets."""
    ground = ground_of(scope, requirement)
    if mapping.pk not in {pair.mapping.pk for pair in ground.pairs}:
        raise Refused(f"No control in place meets the other end of this pair: {requirement.ref} is not met through it.")
    organisation, project = split(scope)
    own = CoverageConfirmation.objects.filter(organisation=organisation, project=project, requirement=requirement)
    row = own.first() or CoverageConfirmation(organisation=organisation, project=project, requirement=requirement)
    row.mapping, row.by, row.at, row.reason = mapping, by, simulated_moment() or timezone.now(), reason.strip()
    with change(by=by, reason=reason):
        row.save()
    return row


@governed("Say why the one no longer meets the other")
def withdraw_confirmation(*, confirmation: CoverageConfirmation, by: User, reason: str) -> None:
    """Make it a proposal again."""
    with change(by=by, reason=reason):
        confirmation.delete()


def counts(rows: Iterable[Ground]) -> dict[str, Any]:
    """How many rows of each verdict."""
    found = [row.covered.verdict for row in rows]
    return {verdict: found.count(verdict) for verdict in VERDICTS}
