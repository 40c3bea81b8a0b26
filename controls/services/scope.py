"""The scope is stated, put forward and approved here (ISO/IEC 27001 4.3)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.services import decide, request_approval
from compliance.approvals.writers import writers_of
from compliance.ledger import Refused, change, governed
from compliance.ledger.context import simulated_moment
from compliance.projects.models import Organisation, Project
from compliance.projects.services import update_organisation
from controls.models import SCOPE_MOVES, ScopeProject, ScopeState, ScopeStatement
from controls.services.document import months_after

PURPOSE = "scope"
TEXTS = ("statement", "boundaries", "sites", "interfaces", "exclusions", "pii_roles", "summary")
REVIEW_MONTHS = 12


def draft_scope(
    *, organisation: Organisation, texts: Mapping[str, str], projects: Iterable[Project], by: User, reason: str = ""
) -> ScopeStatement:
    """Begin the next version of the scope; the approved one stays in force until this is approved."""
    unfinished = ScopeStatement.objects.in_organisation(organisation).filter(
        state__in=[ScopeState.DRAFT, ScopeState.REVIEW]
    )
    if (open_one := unfinished.first()) is not None:
        raise Refused(f"{open_one.reference} is not finished: go on with it first.")
    scope = ScopeStatement(organisation=organisation, author=by)
    with change(by=by, reason=reason):
        _write(scope, texts, by)
        scope.save()
        _hold(scope, projects)
    return scope


def edit_scope(
    *, scope: ScopeStatement, texts: Mapping[str, str], projects: Iterable[Project], by: User, reason: str = ""
) -> ScopeStatement:
    """Change a draft; whoever writes it becomes its author."""
    if scope.state != ScopeState.DRAFT:
        raise Refused(f"{scope.reference} is {_said(scope)}: only a draft is changed. Begin a new version.")
    with change(by=by, reason=reason):
        _write(scope, texts, by)
        scope.save()
        _hold(scope, projects)
    return scope


def submit_scope(*, scope: ScopeStatement, by: User, reason: str = "") -> ScopeStatement:
    """Put a draft before somebody else."""
    _check_move(scope, ScopeState.REVIEW)
    with change(by=by, reason=reason or "Put forward for approval"):
        scope.approval = request_approval(
            subject=scope, purpose=PURPOSE, facts=scope.facts(), scope=scope.organisation, by=by
        )
        scope.state = ScopeState.REVIEW
        scope.save()
    return scope


@governed("Say what was read and why")
def decide_scope(*, scope: ScopeStatement, approve: bool, by: User, reason: str) -> ScopeStatement:
    """Approve, or send back; by nobody who wrote it. What is approved stands on the organisation's page."""
    to = ScopeState.APPROVED if approve else ScopeState.DRAFT
    _check_move(scope, to)
    if scope.approval is None:
        raise Refused(f"{scope.reference} was never put forward: put it forward first.")
    with change(by=by, reason=reason):
        authors = (scope.author, *writers_of(scope))
        decide(approval=scope.approval, approve=approve, facts=scope.facts(), by=by, reason=reason, authors=authors)
        if approve:
            _supersede(scope)
            scope.review_date = months_after(_today(), REVIEW_MONTHS)
        scope.state = to
        scope.save()
        if approve:
            organisation = Organisation.objects.get(pk=scope.organisation_id)
            update_organisation(organisation=organisation, scope_statement=scope.statement, by=by, reason=reason)
    return scope


def _supersede(scope: ScopeStatement) -> None:
    for older in ScopeStatement.objects.in_organisation(scope.organisation).in_force():
        older.state = ScopeState.SUPERSEDED
        older.save()


def _write(scope: ScopeStatement, texts: Mapping[str, Any], by: User) -> None:
    for name in set(texts) - set(TEXTS):
        raise Refused(f"The {name} of a scope is not set here.")
    for name, value in texts.items():
        setattr(scope, name, value.strip())
    if not scope.statement:
        raise Refused("Say what the management systems cover, in one paragraph.")
    if not scope.summary:
        raise Refused("Say what changed: First version will do for the first.")
    scope.author = by


def _hold(scope: ScopeStatement, projects: Iterable[Project]) -> None:
    wanted = {project.pk: project for project in projects}
    for project in wanted.values():
        if project.organisation_id != scope.organisation_id:
            raise Refused(f"{project} belongs to another organisation.")
    for link in scope.projects.all():
        if link.project_id not in wanted:
            link.delete()
        else:
            del wanted[link.project_id]
    for project in wanted.values():
        ScopeProject(organisation_id=scope.organisation_id, scope=scope, project=project).save()


def _check_move(scope: ScopeStatement, to: str) -> None:
    if to not in SCOPE_MOVES[scope.state]:
        label = ScopeState(to).label.lower()
        raise Refused(f"{scope.reference} is {_said(scope)}: it cannot become {label} from there.")


def _said(scope: ScopeStatement) -> str:
    return scope.get_state_display().lower()


def _today() -> date:
    return (simulated_moment() or timezone.now()).date()
