"""What this room keeps of the documents standards ask for."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse

from compliance.ledger import as_of
from compliance.projects.models import Organisation
from compliance.registers.addresses import address as register_address
from compliance.registers.declaration import register_types
from compliance.registers.past import rows_at
from controls.addresses import address
from controls.documented.past import scope_at
from controls.models import (
    Audit,
    AuditProgramme,
    CorrectiveAction,
    EvidenceVersion,
    Finding,
    ManagementReview,
    ScopeStatement,
    StatementVersion,
)
from controls.past import statements_at
from controls.required import Keeper, Kept, Standing, keeper


@keeper("scope")
def scope(organisation: Organisation, at: datetime) -> list[Kept]:
    """The scope in force, else one that is being written."""
    url = address(organisation, "scope")
    found = scope_at(organisation, at)
    if found is None:
        draft = as_of(ScopeStatement, at, stream=organisation.stream).first()
        return [Kept(Standing.DRAFT, "Scope", draft.reference, url=url)] if draft else []
    overdue = found.review_date is not None and found.review_date < at.date()
    approval = found.approval
    return [
        Kept(
            Standing.OVERDUE if overdue else Standing.CURRENT,
            "Scope",
            found.reference,
            approved_by=str(approval.decided_by) if approval else "",
            approved_at=approval.decided_at if approval else None,
            review_date=found.review_date,
            url=url,
        )
    ]


def _statements(framework: str) -> Keeper:
    def kept(organisation: Organisation, at: datetime) -> list[Kept]:
        found = []
        for one in statements_at(organisation, at):
            if not one.edition.key.startswith(framework):
                continue
            review = one.statement.review_date
            standing = Standing.CURRENT if one.approval else Standing.DRAFT
            found.append(
                Kept(
                    Standing.OVERDUE if one.approval and review and review < at.date() else standing,
                    f"Statement for {one.edition.label}",
                    one.statement.reference,
                    _number(one.version),
                    str(one.approval.decided_by) if one.approval else "",
                    one.approval.decided_at if one.approval else None,
                    review,
                    address(organisation, "statement", one.edition.key),
                )
            )
        return found

    return kept


def _number(version: StatementVersion | None) -> str:
    return str(version.number) if version else ""


keeper("soa")(_statements("iso27001"))
keeper("pims_soa")(_statements("iso27701"))


def _register(key: str) -> Keeper:
    """A register counts while it has lines; overdue while one of them is."""

    def kept(organisation: Organisation, at: datetime) -> list[Kept]:
        rows = rows_at(register_types[key], organisation, at)
        if not rows:
            return []
        late = any(row.review_date and row.review_date < at.date() for row in rows)
        title = f"{register_types[key].title}: {len(rows)}"
        url = register_address(organisation, "register", key)
        return [Kept(Standing.OVERDUE if late else Standing.CURRENT, title, url=url)]

    return kept


for name, key in (
    ("objectives", "objectives"),
    ("measurements", "measurements"),
    ("obligations", "obligations"),
    ("responsibilities", "responsibilities"),
):
    keeper(name)(_register(key))


@keeper("competence")
def competence(organisation: Organisation, at: datetime) -> list[Kept]:
    """Competence and training together are the evidence of competence."""
    return [*_register("competence")(organisation, at), *_register("training")(organisation, at)]


def _rows(model: Any, words: str, page: str, is_final: Callable[[Any], bool] = lambda row: True) -> Keeper:
    """Records count when there are some; while none is final they are drafts."""

    def kept(organisation: Organisation, at: datetime) -> list[Kept]:
        rows = list(as_of(model, at, stream=organisation.stream))
        if not rows:
            return []
        standing = Standing.CURRENT if any(is_final(row) for row in rows) else Standing.DRAFT
        return [Kept(standing, f"{words}: {len(rows)}", url=_url(organisation, page))]

    return kept


def _url(organisation: Organisation, page: str) -> str:
    try:
        return reverse(f"controls:{page}", args=[organisation.slug])
    except NoReverseMatch:
        return ""


_programmes = _rows(AuditProgramme, "Audit programmes", "audits", lambda row: row.state != "draft")
_audits = _rows(Audit, "Audits", "audits", lambda row: row.state in {"final", "closed"})
_findings, _actions = _rows(Finding, "Findings", "findings"), _rows(CorrectiveAction, "Corrective actions", "findings")
keeper("audits")(lambda organisation, at: [*_programmes(organisation, at), *_audits(organisation, at)])
keeper("findings")(lambda organisation, at: [*_findings(organisation, at), *_actions(organisation, at)])
keeper("management_review")(
    _rows(
        ManagementReview,
        "Management reviews",
        "management_reviews",
        lambda row: row.state in {"minutes_approved", "closed"},
    )
)


@keeper("operation")
def operation(organisation: Organisation, at: datetime) -> list[Kept]:
    """That processes ran as planned is shown by accepted evidence."""
    accepted = as_of(EvidenceVersion, at, stream=organisation.stream).filter(state="accepted").count()
    url = address(organisation, "evidence")
    return [Kept(Standing.CURRENT, f"Accepted evidence: {accepted}", url=url)] if accepted else []
