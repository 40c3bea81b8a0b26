"""Deciding what applies: an edition is adopted as a whole, then each row is decided, and projects may deviate."""

from collections.abc import Iterable
from typing import Any

from compliance.accounts.models import User
from compliance.approvals.models import Approval
from compliance.ledger import Refused, change, governed, need_reason
from compliance.projects.models import Organisation, Project
from controls.addresses import split
from controls.models import Applicability, Code, Edition, Implementation, Level, PiiRole, Requirement, Statement
from controls.models.catalogue import RequirementQuerySet

FIELDS = frozenset({"included", "codes", "justification", "exclusion_reason", "implementation", "owner"})


class CannotDecide(Refused):
    """The decision about a row lacks something; nothing was written."""


def binding_requirements(edition: Edition, pii_role: str = "") -> RequirementQuerySet:
    """The rows a statement decides: the controls of the edition, or all that is assessed where it has none."""
    rows = Requirement.objects.live().assessable().in_edition(edition)
    if rows.filter(level=Level.CONTROL).exists():
        rows = rows.filter(level=Level.CONTROL)
    return rows.for_role(pii_role) if pii_role in {PiiRole.CONTROLLER, PiiRole.PROCESSOR} else rows


def adopt_edition(
    *,
    scope: Organisation | Project,
    edition: Edition,
    by: User,
    pii_role: str = "",
    owner: User | None = None,
    reason: str = "",
) -> Statement:
    """Begin a statement of applicability: one row per requirement, included until somebody decides otherwise.

    In a project only the rows its organisation has not are made; the others are inherited.
    """
    organisation, project = split(scope)
    if edition.owner_id not in {None, organisation.pk}:
        raise Refused("This framework belongs to another organisation.")
    if Statement.objects.filter(organisation=organisation, project=project, edition=edition).exists():
        raise Refused(f"{scope} already has a statement of applicability for {edition.label}.")
    there = Applicability.objects.effective(scope).of_edition(edition).values_list("requirement_id", flat=True)
    missing = list(binding_requirements(edition, pii_role).exclude(pk__in=there).order_by("position"))
    statement = Statement(
        organisation=organisation, project=project, edition=edition, pii_role=pii_role, owner=owner or by
    )
    with change(by=by, reason=reason or f"{edition.label} adopted"):
        statement.save()
        rows = [Applicability(organisation=organisation, project=project, requirement=row) for row in missing]
        Applicability.objects.bulk_create(rows)
        _take_back(rows)
    return statement


def decide_applicability(
    *, row: Applicability, by: User, scope: Organisation | Project | None = None, reason: str = "", **fields: Any
) -> Applicability:
    """Decide one row; in a project an inherited row becomes one of the project's own. Raises CannotDecide."""
    return decide_many(rows=[row], by=by, scope=scope, reason=reason, **fields)[0]


def decide_many(
    *,
    rows: Iterable[Applicability],
    by: User,
    scope: Organisation | Project | None = None,
    reason: str = "",
    **fields: Any,
) -> list[Applicability]:
    """Decide several rows alike, for one reason: all of them, or none. Raises CannotDecide."""
    if unknown := set(fields) - FIELDS:
        raise CannotDecide(f"Not a part of the decision: {', '.join(sorted(unknown))}.")
    if "codes" in fields:
        fields["codes"] = tidy_codes(fields["codes"])
    found = list(rows)
    inherited = [row for row in found if isinstance(scope, Project) and row.project_id is None]
    owned = [row for row in found if row not in inherited]
    if inherited:
        need_reason(reason, f"Say why {scope} deviates from its organisation")
    if owned and not (reason or fields.get("exclusion_reason", "")).strip():
        _refuse_if_approved(owned)
    decided = (_own_copies(inherited, scope, reason) if isinstance(scope, Project) else []) + owned
    for row in decided:
        _apply(row, fields, reason)
    _refuse_leaving_out(decided)
    with change(by=by, reason=reason or fields.get("exclusion_reason", "")):
        _save(decided[: len(inherited)], owned, sorted(fields))
    return decided


def _save(copies: list[Applicability], owned: list[Applicability], fields: list[str]) -> None:
    """Write what is new or was lapsed, and what changed; a single row notices a stale copy."""
    alone = owned if len(owned) == 1 else []
    again = [row for row in copies if not row._state.adding]
    Applicability.objects.bulk_create([row for row in copies if row._state.adding])
    for row in [*again, *alone]:
        row.save()
    if owned and not alone:
        Applicability.objects.bulk_update(owned, fields)
    _take_back(owned)


@governed("Say why the project returns to the organisation's decision")
def inherit_again(*, row: Applicability, by: User, reason: str) -> None:
    """Give up a project's deviation; the organisation's decision holds again."""
    shared = Applicability.objects.filter(
        organisation_id=row.organisation_id, project__isnull=True, requirement_id=row.requirement_id
    )
    if row.project_id is None or not shared.exists():
        raise Refused("There is no decision of the organisation to return to.")
    if row.holds_until is not None:
        raise Refused("This rests on an exception: end the exception instead.")
    with change(by=by, reason=reason):
        row.delete()


def tidy_codes(codes: str | Iterable[str]) -> str:
    """Codes in the order of `Code`, separated by blanks; an unknown one is refused."""
    given = set(codes.replace(",", " ").split() if isinstance(codes, str) else codes)
    if unknown := given - set(Code.values):
        raise CannotDecide(f"There is no reason {', '.join(sorted(unknown))}: use {', '.join(Code.values)}.")
    return " ".join(code for code in Code.values if code in given)


def _refuse_if_approved(rows: list[Applicability]) -> None:
    """A row of a statement somebody approved changes for a reason only."""
    for row in {(row.organisation_id, row.project_id, row.requirement.edition_id): row for row in rows}.values():
        approved = Statement.objects.filter(
            organisation_id=row.organisation_id,
            project_id=row.project_id,
            edition_id=row.requirement.edition_id,
            versions__approval__state=Approval.State.APPROVED,
        )
        if approved.exists():
            need_reason("", f"The statement with {row.requirement.ref} is approved: say why the row changes")


def _own_copies(rows: list[Applicability], project: Project, reason: str) -> list[Applicability]:
    """The project's own rows with the organisation's decisions; one that lapsed with its exception is used again."""
    keys = [row.requirement_id for row in rows]
    lapsed = {row.requirement_id: row for row in Applicability.objects.filter(project=project, requirement__in=keys)}
    copies = []
    for row in rows:
        copy = lapsed.get(row.requirement_id) or Applicability(organisation_id=row.organisation_id, project=project)
        copy.requirement, copy.deviation_reason, copy.holds_until = row.requirement, reason.strip(), None
        for name, value in row.decision().items():
            setattr(copy, name, value)
        copies.append(copy)
    return copies


def _refuse_leaving_out(rows: list[Applicability]) -> None:
    """A project adds to what its organisation decided; to leave out what that includes takes an exception."""
    projects = [row for row in rows if row.project_id is not None]
    for row in projects:
        if row.holds_until is not None:
            text = f"An exception holds for {row.requirement.ref} until {row.holds_until:%-d %b %Y}: end it first."
            raise CannotDecide(text)
    leaving = {row.requirement_id: row for row in projects if not row.included}
    shared = Applicability.objects.filter(project__isnull=True, included=True, requirement__in=leaving)
    for found in shared.filter(organisation__in={row.organisation_id for row in leaving.values()})[:1]:
        row = leaving[found.requirement_id]
        raise CannotDecide(
            f"{row.organisation} includes {row.requirement.ref}: to leave it out, {row.project} asks for an exception."
        )


def _take_back(rows: list[Applicability]) -> None:
    """Where the organisation includes a requirement, no project of it leaves that out without an exception."""
    shared = [row for row in rows if row.project_id is None and row.included]
    left_out = Applicability.objects.filter(
        organisation__in={row.organisation_id for row in shared},
        project__isnull=False,
        included=False,
        holds_until__isnull=True,
        requirement__in={row.requirement_id for row in shared},
    )
    for row in left_out:
        row.delete()


def _apply(row: Applicability, fields: dict[str, Any], reason: str) -> None:
    was_included = row.included
    for name, value in fields.items():
        setattr(row, name, value)
    number = row.requirement.ref
    if not row.included and not row.exclusion_reason.strip():
        raise CannotDecide(f"Say why {number} does not apply: an exclusion without a reason is not valid.")
    if row.included and not was_included:
        need_reason(reason, f"Say why {number} applies again")
    if row.implementation is not None:
        _check_reach(row, row.implementation)


def _check_reach(row: Applicability, implementation: Implementation) -> None:
    """A row may rest on what runs for its project, or for everybody."""
    same_house = implementation.organisation_id == row.organisation_id
    if not same_house or implementation.project_id not in {None, row.project_id}:
        number = row.requirement.ref
        raise CannotDecide(f"{implementation.reference} runs in another scope: {number} cannot rest on it.")
