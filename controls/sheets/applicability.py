"""The statement of applicability as a spreadsheet: the decisions, not what follows from other records."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from compliance.accounts.models import User
from compliance.exchange.cells import BadCell, Flag, Known, One, Text, Words, words
from compliance.exchange.registry import Column, Sheet, sheet
from compliance.projects.models import Project
from controls.addresses import address
from controls.models import Applicability, Code
from controls.services.applicability import CannotDecide, decide_applicability, tidy_codes
from controls.sheets import names

SPELT = ", ".join(f"{code} {label.lower()}" for code, label in Code.choices)


class Codes(Text):
    """Reasons for inclusion, in their order."""

    def read(self, cell: Any, known: Known) -> str:
        try:
            return tidy_codes(words(cell).upper().replace(";", " "))
        except CannotDecide as refused:
            raise BadCell(str(refused)) from refused


@sheet
class ApplicabilitySheet(Sheet):
    """Every decision of every edition the scope has adopted."""

    key, title, noun, kind, order = "applicability", "Statements of applicability", "row", "applicability", 10
    intro = "Changes decisions, reasons, implementations and owners. Rows come with the edition, and are not added."
    identity = ("edition", "number")
    adds = False
    columns = (
        Column("edition", "Edition", help="Key of the edition."),
        Column("number", "Number", help="Number of the requirement."),
        Column("title", "Requirement", fixed=True),
        Column("included", "Applicable", Flag(), required=True, help="yes or no."),
        Column("codes", "Reason codes", Codes(), help=f"{SPELT}."),
        Column("justification", "Justification for inclusion", Words()),
        Column("exclusion_reason", "Justification for exclusion", Words(), help="Needed where it does not apply."),
        Column("implementation", "Implementation", One(source="implementations"), help="CI-001."),
        Column("owner", "Owner", One(source="people", named="email"), help="Mail address."),
        Column("deviation_reason", "Reason for deviation", Words(), fixed=True),
    )

    @cached_property
    def known(self) -> dict[str, Any]:
        return {"people": names.people(self.scope), "implementations": names.implementations(self.scope)}

    @cached_property
    def shared(self) -> set[Any]:
        """What the organisation includes; empty in its own statement."""
        if not isinstance(self.scope, Project):
            return set()
        rows = Applicability.objects.effective(self.scope.organisation).included()
        return set(rows.values_list("requirement_id", flat=True))

    @classmethod
    def documents(cls, scope: Any, only: str = "") -> list[tuple[str, str]]:
        return [("Export as OSCAL profile", address(scope, "oscal_profile", only))] if only else []

    def records(self, only: str = "") -> Iterable[Applicability]:
        rows = Applicability.objects.effective(self.scope).filter(requirement__retired_at__isnull=True)
        if only:
            rows = rows.filter(requirement__edition__key=only)
        related = ("requirement__edition", "implementation", "owner", "project", "organisation")
        return rows.select_related(*related).order_by("requirement__edition__position", "requirement__position")

    def values(self, record: Applicability) -> dict[str, Any]:
        own = ("included", "codes", "justification", "exclusion_reason", "implementation", "owner", "deviation_reason")
        asked = record.requirement
        about = {"edition": asked.edition.key, "number": asked.ref, "title": asked.title}
        return {**about, **{name: getattr(record, name) for name in own}}

    def check(self, record: Applicability | None, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        assert record is not None  # noqa: S101 - rows are not added
        if not values["included"] and not values["exclusion_reason"].strip():
            yield "exclusion_reason", "Say why it does not apply: an exclusion without a reason is not valid."
        if not values["included"] and record.requirement_id in self.shared:
            yield "included", "The organisation includes it: to leave it out, the project asks for an exception."
        runs = values["implementation"]
        reach = self.scope.pk if isinstance(self.scope, Project) else None
        if runs is not None and runs != record.implementation and runs.project_id not in {None, reach}:
            yield "implementation", f"{runs.reference} runs in another scope: this row cannot rest on it."
        if values["owner"] and not values["owner"].is_active and values["owner"] != record.owner:
            yield "owner", f"The account of {values['owner'].name} is closed: name somebody else."

    def change(self, record: Applicability, values: dict[str, Any], *, by: User, reason: str) -> None:
        decide_applicability(row=record, scope=self.scope, by=by, reason=reason, **values)

    def url(self, record: Applicability) -> str:
        return address(self.scope, "row", record.requirement.edition.key, record.requirement.ref)
