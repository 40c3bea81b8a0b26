"""Parties, their contracts and what the contracts say, as spreadsheets."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from compliance.accounts.models import User
from compliance.exchange.cells import Choice, Day, Flag, Number, One, Text, Words
from compliance.exchange.registry import Column, Sheet, sheet
from compliance.projects.models import Organisation, Project
from dataflows import clauses, vocabulary
from dataflows.models import Contract, ContractCheck, Party
from dataflows.services.contract import add_contract, answer_checklist, change_contract
from dataflows.services.party import add_party, change_party

MOST_HOURS = 8_760
COUNTRIES = vocabulary.country_choices()


def house(scope: Organisation | Project) -> Organisation:
    return scope.organisation if isinstance(scope, Project) else scope


def parties(scope: Organisation | Project) -> dict[str, Party]:
    """The organisation's parties by reference and by name."""
    rows = list(Party.objects.in_organisation(house(scope)).select_related("organisation"))
    return {row.name.casefold(): row for row in rows} | {row.reference.casefold(): row for row in rows}


@sheet
class PartySheet(Sheet):
    """Everybody who touches personal data: who they are; their states are moved on their pages."""

    key, title, noun, kind, order = "parties", "Parties", "party", "party", 62
    intro = "Asks for new parties and changes their particulars. Steps and approvals are taken on their pages."
    in_projects = False
    columns = (
        Column("reference", "Reference", help="PA-001. Empty for a new one."),
        Column("name", "Party", Text(120), required=True, help="The legal name; once in the organisation."),
        Column("role", "Role", Choice(choices=Party.Role.choices), required=True),
        Column("service", "Service", Text(200), required=True, help="What it does for us."),
        Column("country", "Seat", Choice(choices=COUNTRIES), required=True, help="Country by name or ISO code."),
        Column("parent_country", "Parent company in", Choice(choices=COUNTRIES), help="Only when it differs."),
        Column("tier", "Tier", Choice(choices=[(str(value), label) for value, label in Party.Tier.choices])),
        Column("contact", "Contact", Text(200)),
        Column("due_diligence", "Guarantees", Words(), help="What shows that it gives sufficient guarantees."),
        Column("framework_until_date", "EU-US framework until", Day(), help="2026-11-22."),
        Column("is_cloud", "Cloud service", Flag(), help="yes or no."),
        Column("exit_plan", "Exit plan", Words()),
        Column("sdks", "SDKs in our apps", Words(), help="Names as developers know them, with commas between."),
        Column("domains", "Servers the app talks to", Words(), help="Hosts, with commas between."),
        Column("notes", "Notes", Words()),
        Column("review_date", "Next review", Day(), fixed=True),
        Column("state", "State", Choice(choices=Party.State.choices), fixed=True),
    )

    def records(self, only: str = "") -> Iterable[Party]:
        return Party.objects.in_organisation(house(self.scope)).select_related("organisation").order_by("reference")

    def values(self, record: Party) -> dict[str, Any]:
        told = {column.key: getattr(record, column.key) for column in self.columns}
        return told | {"tier": str(record.tier or "")}

    @cached_property
    def _names(self) -> dict[str, str]:
        return {one.name: one.reference for one in self.records()}

    def check(self, record: Party | None, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        own = record.reference if record else "Another row"
        holder = self._names.setdefault(values["name"], "")
        if holder and (record is None or holder != own):
            yield "name", f"{holder} is called so already: change that one."
        self._names[values["name"]] = holder or own

    def add(self, values: dict[str, Any], *, by: User, reason: str) -> Party:
        return add_party(organisation=house(self.scope), by=by, reason=reason, **_typed(values))

    def change(self, record: Party, values: dict[str, Any], *, by: User, reason: str) -> None:
        change_party(party=record, by=by, reason=reason, **_typed(values))


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    """Cells as the model has them: a tier is a number, an empty yes or no is no."""
    typed = dict(values)
    if "tier" in typed:
        typed["tier"] = int(typed["tier"]) if typed["tier"] else None
    if "is_cloud" in typed:
        typed["is_cloud"] = bool(typed["is_cloud"])
    return typed


@sheet
class ContractSheet(Sheet):
    """What is agreed with parties."""

    key, title, noun, kind, order = "contracts", "Contracts", "contract", "party", 63
    intro = "Enters contracts and changes them. A contract stays with its party."
    in_projects = False
    columns = (
        Column("reference", "Reference", help="CON-001. Empty for a new one."),
        Column(
            "party",
            "Party",
            One(source="parties"),
            required=True,
            once="A contract stays with its party: enter a new one.",
            help="PA-001, or its name.",
        ),
        Column("kind", "Kind", Choice(choices=Contract.Kind.choices), required=True),
        Column("name", "Contract", Text(160), required=True),
        Column("edition", "Version of the text", Text(40)),
        Column("signed_date", "Signed on", Day(), help="By both; 2026-11-22."),
        Column("expires_date", "Ends on", Day(), help="Empty when it runs until ended."),
        Column("breach_hours", "Breach notice, hours", Number(limit=MOST_HOURS)),
        Column("filed", "Kept at", Text(200)),
        Column("essence", "Essence made available", Text(200), help="For joint controllers."),
    )

    @cached_property
    def known(self) -> dict[str, Any]:
        return {"parties": parties(self.scope)}

    def records(self, only: str = "") -> Iterable[Contract]:
        rows = Contract.objects.in_organisation(house(self.scope))
        return rows.select_related("party__organisation", "evidence").order_by("reference")

    def values(self, record: Contract) -> dict[str, Any]:
        return {column.key: getattr(record, column.key) for column in self.columns}

    def check(self, record: Contract | None, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        signed, ends = values["signed_date"], values["expires_date"]
        if signed and ends and ends < signed:
            yield "expires_date", "The contract ends before it is signed: change one of the two days."

    def add(self, values: dict[str, Any], *, by: User, reason: str) -> Contract:
        given = dict(values)
        return add_contract(party=given.pop("party"), by=by, reason=reason, **given)

    def change(self, record: Contract, values: dict[str, Any], *, by: User, reason: str) -> None:
        change_contract(contract=record, by=by, reason=reason, **values)


@sheet
class ChecklistSheet(Sheet):
    """Every row of the checklist for every processor, open ones too."""

    key, title, noun, kind, order = "contract-checks", "Checklists of contracts", "row", "party", 64
    intro = "Answers the rows of GDPR Art. 28(3). Rows come with processors and with the list, and are not added."
    in_projects = False
    adds = False
    identity = ("party", "row")
    columns = (
        Column("party", "Party", help="PA-001."),
        Column("row", "Row", help="Code of the row."),
        Column("name", "Name", fixed=True),
        Column("title", "Asked", fixed=True),
        Column("answer", "Answer", Choice(choices=ContractCheck.Answer.choices), help="Empty leaves it open."),
        Column("concrete", "Concrete", Flag(), help="yes; no when it only repeats the article."),
        Column("clause", "Clause", Text(80)),
        Column("note", "Remark", Text(300)),
        Column("reviewed_date", "Reviewed", Day(), fixed=True),
    )

    def records(self, only: str = "") -> Iterator[ContractCheck]:
        rows = Party.objects.in_organisation(house(self.scope)).processors().order_by("reference")
        rows = rows.filter(reference=only) if only else rows
        for party in rows.select_related("organisation").prefetch_related("checks"):
            known = {one.row: one for one in party.checks.all()}
            for code in clauses.checklist():
                check = known.get(code) or ContractCheck(organisation_id=party.organisation_id, row=code)
                check.party = party
                yield check

    def values(self, record: ContractCheck) -> dict[str, Any]:
        clause = clauses.checklist()[record.row]
        told = {
            name: getattr(record, name) for name in ("row", "answer", "concrete", "clause", "note", "reviewed_date")
        }
        about = {"party": record.party.reference, "name": record.party.name, "title": f"{clause.number} {clause.title}"}
        return {**about, **told}

    def check(self, record: ContractCheck | None, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        if not values["answer"] and (values["concrete"] is not None or values["clause"] or values["note"]):
            yield "answer", "It is empty: answer the row, or empty the cells beside it."

    def change(self, record: ContractCheck, values: dict[str, Any], *, by: User, reason: str) -> None:
        before = {name: getattr(record, name) for name in ("answer", "concrete", "clause", "note")}
        answer_checklist(party=record.party, answers={record.row: before | values}, by=by, reason=reason)

    def url(self, record: ContractCheck) -> str:
        return str(record.party.get_absolute_url())
