"""A statement of applicability as a whole: which hold in a scope, put forward, approved, outdated."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Max, Prefetch, Q, QuerySet

from compliance.accounts.models import User
from compliance.approvals.models import Approval
from compliance.approvals.services import decide, request_approval
from compliance.approvals.snapshot import snapshot
from compliance.ledger import Refused, change, governed
from compliance.prepared import Rows
from compliance.projects.models import Organisation, Project
from controls.addresses import split
from controls.models import Applicability, Statement, StatementVersion

PURPOSE = "statement of applicability"
MOST = 500  # editions, each with a statement of the scope and one it shares


@dataclass(frozen=True)
class Standing:
    """Where a statement stands: the version last approved, the one that waits, and whether the rows have moved on."""

    approved: StatementVersion | None
    waiting: StatementVersion | None
    outdated: bool

    @property
    def state(self) -> str:
        if self.waiting:
            return "waiting for approval"
        if self.approved is None:
            return "draft"
        return "outdated" if self.outdated else "approved"


@cache
def _rows(in_project: bool, of_edition: bool) -> Rows:
    """Statements and, as `every_version`, their versions: what a scope has, and what it shares."""

    def rows(organisation: UUID, project: UUID | None = None, edition: str = "") -> QuerySet[Statement]:
        where = Q(project__isnull=True)
        found = Statement.objects.filter(where | Q(project=project) if project else where, organisation=organisation)
        found = found.filter(edition__key=edition) if edition else found
        versions = StatementVersion.objects.select_related("approval__requested_by", "approval__decided_by")
        versions = versions.defer("approval__snapshot")  # every row of the statement as it was
        related = found.select_related("edition", "owner", "project", "organisation")
        return related.prefetch_related(Prefetch("versions", versions, to_attr="every_version"))

    slots: dict[str, type] = {"organisation": UUID}
    slots |= {"project": UUID} if in_project else {}
    return Rows(rows, **slots | ({"edition": str} if of_edition else {}))


def statements_in(scope: Organisation | Project, edition: str = "") -> list[Statement]:
    """The statements that hold in a scope, or only that of an edition; a project's own stands in place of its
    organisation's. Two queries.
    """
    organisation, project = split(scope)
    asked = _rows(project is not None, bool(edition))
    values = {"organisation": organisation.pk, "project": project and project.pk, "edition": edition}
    rows = asked(**{slot: values[slot] for slot in asked.kinds}).page((), "", 0, MOST)
    kept = {row.edition_id: row for row in sorted(rows, key=lambda row: row.project_id is not None)}
    return sorted(kept.values(), key=lambda row: (row.edition.position, row.edition.key))


def facts_of_rows(statement: Statement, rows: list[Applicability]) -> dict[str, Any]:
    """What an approval covers: every decision and its reasons, not how far the work has come.

    The rows carry requirement and implementation.
    """
    return {
        "edition": statement.edition.key,
        "scope": statement.stream,
        "pii_role": statement.pii_role,
        "rows": [
            {
                "requirement": row.requirement.ref,
                "included": row.included,
                "codes": row.codes if row.included else "",
                "justification": row.justification if row.included else "",
                "exclusion_reason": "" if row.included else row.exclusion_reason,
                "deviation_reason": row.deviation_reason,
                "holds_until": row.holds_until.isoformat() if row.holds_until else "",
                "implementation": row.implementation.reference if row.implementation else "",
            }
            for row in rows
        ],
    }


def facts_now(statement: Statement) -> dict[str, Any]:
    """The statement's facts as they stand. One query."""
    rows = Applicability.objects.effective(statement.project or statement.organisation)
    found = rows.of_edition(statement.edition).select_related("requirement", "implementation")
    return facts_of_rows(statement, list(found.order_by("requirement__position")))


def standing_of(statement: Statement, facts: dict[str, Any] | None = None) -> Standing:
    """The versions of a statement that count, against its rows as they are (or the facts of them)."""
    every: Iterable[StatementVersion] = statement.versions.all()
    if "every_version" in vars(statement):  # read with the statement
        every = statement.every_version  # type: ignore[attr-defined]
    versions = sorted(every, key=lambda one: -one.number)
    approved = next((one for one in versions if one.approval.state == Approval.State.APPROVED), None)
    waiting = next((one for one in versions if one.approval.state == Approval.State.REQUESTED), None)
    outdated = False
    if approved:
        outdated = approved.approval.snapshot_sha256 != snapshot(facts or facts_now(statement)).sha256
    return Standing(approved, waiting, outdated)


def submit_statement(*, statement: Statement, by: User, reason: str = "") -> StatementVersion:
    """Put the statement as it stands before somebody else, as its next version."""
    facts = facts_now(statement)
    if not facts["rows"]:
        raise Refused("The statement has no rows yet: there is nothing to approve.")
    included = sum(row["included"] for row in facts["rows"])
    scope = statement.project or statement.organisation
    with change(by=by, reason=reason or "Put forward for approval"):
        approval = request_approval(subject=statement, purpose=PURPOSE, facts=facts, scope=scope, by=by, reason=reason)
        last = statement.versions.aggregate(last=Max("number"))["last"] or 0
        version = StatementVersion(
            organisation_id=statement.organisation_id,
            project_id=statement.project_id,
            statement=statement,
            number=last + 1,
            approval=approval,
            included_count=included,
            excluded_count=len(facts["rows"]) - included,
        )
        version.save()
    return version


@governed()
def decide_statement(*, version: StatementVersion, approve: bool, by: User, reason: str) -> StatementVersion:
    """Approve or reject a version; not by who put it forward, and only while the rows are those put forward."""
    decide(approval=version.approval, approve=approve, facts=facts_now(version.statement), by=by, reason=reason)
    return version
