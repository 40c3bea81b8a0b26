"""What a programme's audits cover: requirements by area against audits, as numbers for picture and table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from compliance.ui.pictures import Coverage, CoverageRow, coverage
from controls.models import Audit, AuditCriterion, Requirement


@dataclass(frozen=True)
class Area:
    """One group of requirements: how many there are, and how many each audit measures by."""

    edition: str
    title: str
    total: int
    by_audit: tuple[int, ...]
    covered: int
    audits: Sequence[Audit] = ()

    @property
    def counted(self) -> list[tuple[Audit, int]]:
        """Each audit with its number."""
        return list(zip(self.audits, self.by_audit, strict=False))


@dataclass(frozen=True)
class Matrix:
    """Areas against audits."""

    audits: Sequence[Audit]
    areas: list[Area]
    picture: Coverage | None


def matrix(audits: Sequence[Audit], criteria: Iterable[AuditCriterion], asked: Iterable[Requirement]) -> Matrix:
    """The matrix of some audits; `criteria` carry their requirement, `asked` are those of the editions touched."""
    measured: dict[object, set[object]] = {}
    for one in criteria:
        measured.setdefault(one.requirement_id, set()).add(one.audit_id)
    groups: dict[tuple[object, object], list[Requirement]] = {}
    for row in sorted(asked, key=lambda row: (row.edition.position, row.position)):
        groups.setdefault((row.edition_id, row.group_id), []).append(row)
    areas = []
    for rows in groups.values():
        hits = [measured.get(row.pk, set()) for row in rows]
        by_audit = tuple(sum(audit.pk in hit for hit in hits) for audit in audits)
        group, covered = rows[0].group, sum(bool(hit) for hit in hits)
        title = f"{group.ref} {group.title}".strip()
        areas.append(Area(rows[0].edition.label, title, len(rows), by_audit, covered, audits))
    bars = [
        CoverageRow(edition, sum(one.covered for one in rows), 0, sum(one.total for one in rows))
        for edition, rows in ((key, list(rows)) for key, rows in groupby(areas, key=lambda one: one.edition))
    ]
    picture = coverage(bars, id="audit-coverage", title="Requirements audited, by framework") if bars else None
    return Matrix(audits, areas, picture)


def coverage_of(audits: Sequence[Audit]) -> Matrix:
    """The matrix of today. Two queries."""
    kept = [audit for audit in audits if audit.state != "cancelled"]
    criteria = list(AuditCriterion.objects.filter(audit__in=kept).select_related("requirement"))
    editions = {one.requirement.edition_id for one in criteria}
    asked = Requirement.objects.live().assessable().filter(edition__in=editions)
    return matrix(kept, criteria, asked.select_related("edition", "group"))
