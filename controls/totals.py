"""A scope's statements in numbers: how many rows contradict themselves, counted from ids instead of whole records.

The same rows as those of `soa.lines` that have problems; tests compare them.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q

from compliance.projects.models import Organisation, Project
from controls.addresses import split
from controls.claims import claimed
from controls.models import (
    Applicability,
    Code,
    ControlRequirement,
    Effectiveness,
    EvidenceImplementation,
    EvidenceRequirement,
    EvidenceVersion,
    Implementation,
    Status,
)
from controls.services.contradictions import BORNE_OUT

Scope = Organisation | Project
ROW = ("requirement_id", "requirement__edition_id", "project_id", "included", "codes", "said", "refused")
CARRIED_OUT = ("implementation_id", "implementation__control_id")


@dataclass(frozen=True)
class Facts:
    """What rows are held against: ids only."""

    controls: Mapping[UUID, set[UUID]]  # by requirement
    running: Mapping[UUID, tuple[UUID, str]]  # implementation and status, by control
    shown: set[UUID]  # implementations
    failed: set[UUID]  # implementations, by their last test
    spoken: set[UUID]  # requirements
    claims: Mapping[str, set[UUID]]  # controls, by what relies on them


def contradicting(scope: Scope, on: date) -> Counter[UUID]:
    """How many rows of each edition contradict themselves on a day; six queries and those of the claims."""
    facts = _facts(scope, on)
    rows = Applicability.objects.effective(scope).order_by()
    rows = rows.annotate(said=_words("justification"), refused=_words("exclusion_reason"))
    found: Counter[UUID] = Counter()
    for requirement, edition, project, included, codes, said, refused, linked, control in rows.values_list(
        *ROW, *CARRIED_OUT
    ):
        controls = facts.controls.get(requirement, set()) | ({control} if control else set())
        inherited = isinstance(scope, Project) and project is None
        if included:
            wrong = not (codes and said) or (not inherited and _unclaimed(codes, controls, facts))
            wrong = wrong or _unproven(requirement, controls, facts)
        else:
            wrong = not refused or _relied_on(controls, linked, facts)
        found[edition] += wrong
    return found


def _words(name: str) -> Any:
    """Whether a text says anything."""
    return ExpressionWrapper(Q(**{f"{name}__regex": r"\S"}), output_field=BooleanField())


def _unclaimed(codes: str, controls: set[UUID], facts: Facts) -> bool:
    """A reason is given that another room could bear out, and does not."""
    given = codes.split()
    asked = {code: facts.claims[key] for code, key in BORNE_OUT.items() if code in given and key in facts.claims}
    if not (asked.get(Code.LAW) and any(key in facts.running for key in controls)):
        asked.pop(Code.LAW, None)
    return any(not controls & claims for claims in asked.values())


def _unproven(requirement: UUID, controls: set[UUID], facts: Facts) -> bool:
    """Everything that carries it out is implemented, and not all of it shown."""
    carried = [facts.running[key] for key in controls if key in facts.running]
    if not carried or any(status != Status.IMPLEMENTED for _, status in carried):
        return False
    told = requirement in facts.spoken
    return any(one in facts.failed or not (told or one in facts.shown) for one, _ in carried)


def _relied_on(controls: set[UUID], linked: UUID | None, facts: Facts) -> bool:
    carried = (facts.running[key] for key in controls if key in facts.running)
    working = any(status == Status.IMPLEMENTED or one == linked for one, status in carried)
    return working or any(controls & claimed for claimed in facts.claims.values())


def _facts(scope: Scope, on: date) -> Facts:
    organisation, project = split(scope)
    in_scope = "for_project" if project else "in_organisation"
    links = ControlRequirement.objects.in_organisation(organisation).order_by()
    controls: dict[UUID, set[UUID]] = defaultdict(set)
    for control, requirement in links.values_list("control_id", "requirement_id"):
        controls[requirement].add(control)
    rows = Implementation.objects.running_in(scope).order_by().values_list("control_id", "pk", "status", "project_id")
    running = {control: (one, status) for control, one, status, _ in sorted(rows, key=lambda row: row[3] is not None)}
    failed = Implementation.objects.running_in(scope).filter(effectiveness=Effectiveness.INEFFECTIVE).order_by()
    proof = getattr(EvidenceVersion.objects.in_force(on), in_scope)(scope).values("evidence")
    shows = getattr(EvidenceImplementation.objects, in_scope)(scope).filter(evidence__in=proof).order_by()
    speaks = getattr(EvidenceRequirement.objects, in_scope)(scope).filter(evidence__in=proof).order_by()
    return Facts(
        controls=controls,
        running=running,
        shown=set(shows.values_list("implementation_id", flat=True).distinct()),
        failed=set(failed.values_list("pk", flat=True)),
        spoken=set(speaks.values_list("requirement_id", flat=True).distinct()),
        claims={key: {control for control, names in by.items() if names} for key, by in claimed(scope).items()},
    )
