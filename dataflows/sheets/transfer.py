"""Transfers out of the EEA as a spreadsheet."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from compliance.accounts.models import User
from compliance.exchange.cells import Choice, Flag, One, Words
from compliance.exchange.registry import Column, Sheet, sheet
from compliance.projects.models import Project
from dataflows import vocabulary
from dataflows.models import DataFlow, Transfer, TransferAssessment
from dataflows.services.transfer import change_transfer, record_transfer
from dataflows.sheets.party import house, parties

FLAGS = ("remote_access", "repetitive")
CLOSED = {DataFlow.State.DPO_REVIEW: "under review", DataFlow.State.RETIRED: "retired"}


@sheet
class TransferSheet(Sheet):
    """Every country outside the EEA that flows reach, and what that rests on."""

    key, title, noun, kind, order = "transfers", "Transfers", "transfer", "flow", 65
    intro = "Records transfers of flows and changes them. An approved flow needs another look of the DPO then."
    columns = (
        Column("reference", "Reference", help="TR-001. Empty for a new one."),
        Column(
            "flow", "Flow", One(source="flows"), required=True, once="A transfer stays with its flow.", help="DF-001."
        ),
        Column("country", "To", Choice(choices=vocabulary.country_choices()), required=True, help="Name or ISO code."),
        Column("importer", "Importer", One(source="parties"), help="PA-001, or its name."),
        Column("remote_access", "Remote access only", Flag(), help="yes or no."),
        Column("mechanism", "Mechanism", Choice(choices=vocabulary.mechanism_choices())),
        Column("fallback_mechanism", "Fallback", Choice(choices=vocabulary.mechanism_choices())),
        Column("repetitive", "Again and again", Flag(), help="yes or no; empty for a new one: yes."),
        Column("safeguard", "Safeguards", Words()),
        Column("assessment", "Assessment", One(source="assessments"), help="TIA-001."),
    )

    @cached_property
    def known(self) -> dict[str, Any]:
        made = TransferAssessment.objects.in_organisation(house(self.scope))
        return {
            "flows": {row.reference.casefold(): row for row in self._flows()},
            "parties": parties(self.scope),
            "assessments": {row.reference.casefold(): row for row in made},
        }

    def _flows(self) -> Any:
        rows = DataFlow.objects.select_related("project__organisation")
        return rows.in_project(self.scope) if isinstance(self.scope, Project) else rows.in_organisation(self.scope)

    @cached_property
    def _taken(self) -> set[tuple[Any, str]]:
        return {(one.flow_id, one.country) for one in self.records()}

    def records(self, only: str = "") -> Iterable[Transfer]:
        rows = Transfer.objects.exclude(flow__state=DataFlow.State.RETIRED)
        rows = rows.in_project(self.scope) if isinstance(self.scope, Project) else rows.in_organisation(self.scope)
        related = ("flow__project__organisation", "project", "importer", "assessment")
        return rows.select_related(*related).order_by("reference")

    def values(self, record: Transfer) -> dict[str, Any]:
        return {column.key: getattr(record, column.key) for column in self.columns}

    def check(self, record: Transfer | None, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        flow, country = values["flow"], values["country"]
        if vocabulary.in_eea(country):
            yield "country", f"{vocabulary.country_name(country)} is in the EEA, so nothing is transferred."
        if flow is None:
            return
        if flow.state in CLOSED:
            yield "flow", f"{flow.reference} is {CLOSED[flow.state]}: it is not changed now."
        if (record is None or record.country != country) and (flow.pk, country) in self._taken:
            yield "country", "This flow has a transfer to that country already: change that one."
        self._taken.add((flow.pk, country))

    def add(self, values: dict[str, Any], *, by: User, reason: str) -> Transfer:
        given = {name: value for name, value in values.items() if name not in FLAGS or value is not None}
        flow, country = given.pop("flow"), given.pop("country")
        return record_transfer(flow=flow, country=country, by=by, reason=reason, **given)

    def change(self, record: Transfer, values: dict[str, Any], *, by: User, reason: str) -> None:
        given = {name: bool(value) if name in FLAGS else value for name, value in values.items()}
        change_transfer(transfer=record, by=by, reason=reason, **given)
