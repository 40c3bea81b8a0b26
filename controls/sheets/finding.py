"""Findings as a spreadsheet: nonconformities from elsewhere are added as drafts, and drafts changed."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from compliance.accounts.models import User
from compliance.exchange.cells import Choice, Day, One, Text, Words
from compliance.exchange.registry import Column, Sheet, sheet
from controls.addresses import address
from controls.models import Finding, FindingSource, FindingState, Grade
from controls.services.finding import edit_finding, raise_finding
from controls.sheets import names

OPEN = ("source", "grade", "title", "statement", "evidence_seen", "requirement", "implementation", "owner")


@sheet
class FindingSheet(Sheet):
    """What was found, but for the drafts of audits: those stay at the desk they are written at."""

    key, title, noun, kind, order = "findings", "Findings", "finding", "audit", 50
    intro = "Adds nonconformities from elsewhere as drafts, and changes drafts. What was issued stays as it was said."
    columns = (
        Column("reference", "Reference", help="F-001. Empty for a new one."),
        Column("title", "Finding", Text(160), required=True),
        Column("source", "Source", Choice(choices=FindingSource.choices), required=True),
        Column("grade", "Grade", Choice(choices=Grade.choices), required=True),
        Column("statement", "What was found", Words(), required=True, help="What is asked, what is, since when."),
        Column("evidence_seen", "What shows it", Words(), required=True),
        Column("requirement", "Requirement", One(source="requirements", named="citation"), help="With its edition."),
        Column("implementation", "Implementation", One(source="implementations"), help="CI-001."),
        Column("owner", "Answers", One(source="people", named="email"), help="Mail address."),
        Column("response_due", "Answer until", Day(), help="2026-11-22."),
        Column("state", "State", Choice(choices=FindingState.choices), fixed=True),
        Column("audit", "Audit", One(source="audits"), fixed=True),
        Column("response", "Answer", Words(), fixed=True),
    )

    @cached_property
    def known(self) -> dict[str, Any]:
        return {
            "people": names.people(self.scope),
            "requirements": names.requirements(self.scope),
            "implementations": names.implementations(self.scope),
            "audits": {one.audit.reference.casefold(): one.audit for one in self.records() if one.audit},
        }

    def records(self, only: str = "") -> Iterable[Finding]:
        rows = names.owned(Finding.objects.all(), self.scope)
        rows = rows.exclude(state=FindingState.DRAFT, source=FindingSource.AUDIT)
        related = ("requirement__edition", "implementation", "owner", "audit", "project", "organisation")
        return rows.select_related(*related).order_by("reference")

    def values(self, record: Finding) -> dict[str, Any]:
        return {column.key: getattr(record, column.key) for column in self.columns}

    def check(self, record: Finding | None, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        if record is not None and record.state != FindingState.DRAFT:
            yield "reference", f"It is {record.get_state_display().lower()}: what was issued stays as it was said."
        if values["source"] == FindingSource.AUDIT:
            yield "source", "Findings of an audit are written at its desk: choose where this one comes from."
        if values["owner"] and not values["owner"].is_active:
            yield "owner", f"The account of {values['owner'].name} is closed: name somebody else."

    def add(self, values: dict[str, Any], *, by: User, reason: str) -> Finding:
        given = {name: values[name] for name in (*OPEN, "response_due")}
        return raise_finding(scope=self.scope, by=by, reason=reason, **given)

    def change(self, record: Finding, values: dict[str, Any], *, by: User, reason: str) -> None:
        edit_finding(finding=record, by=by, reason=reason, **values)

    def url(self, record: Finding) -> str:
        return address(self.scope, "finding", record.reference)
