"""The evidence index as a spreadsheet: what there is, what it shows and what it is about. Files stay on the page."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from compliance.accounts.models import User
from compliance.exchange.cells import Address, Choice, Day, Many, Moment, Number, One, Text, Words
from compliance.exchange.registry import Column, Sheet, sheet
from compliance.ledger import Refused
from controls.addresses import address
from controls.models import Classification, Evidence, EvidenceKind, EvidenceState, EvidenceVersion, Method, Nature
from controls.services.evidence import Facts, Links, check_facts
from controls.services.evidence_index import Piece, describe_evidence, submit_pieces
from controls.sheets import names

NEWER = "A version says what was seen when it was handed in: hand in a newer version on the page of the evidence."
FACTS = (
    "source",
    "source_url",
    "method",
    "query",
    "collected_by",
    "observed_at",
    "period_start",
    "period_end",
    "valid_until",
)
JUDGED = {EvidenceState.UNDER_REVIEW, EvidenceState.ACCEPTED}


@sheet
class EvidenceSheet(Sheet):
    """The newest version of each piece of evidence."""

    key, title, noun, kind, order = "evidence", "Evidence index", "evidence", "evidence", 40
    intro = (
        "Adds evidence that stands at an address, and changes what evidence is about. Files are handed in on the page."
    )
    columns = (
        Column("reference", "Reference", help="EV-001. Empty for new evidence."),
        Column("title", "Title", Text(160), required=True),
        Column("shows", "What it shows", Text(300), required=True, help="One sentence an auditor can check."),
        Column("kind", "Kind", Choice(choices=EvidenceKind.choices), required=True),
        Column("nature", "It speaks of", Choice(choices=Nature.choices)),
        Column("classification", "Classification", Choice(choices=Classification.choices)),
        Column("implementations", "Shows at work", Many(source="implementations"), help="CI-001; CI-002."),
        Column(
            "requirements",
            "Speaks of",
            Many(source="requirements", named="citation"),
            help="Requirements with their edition, separated by semicolons: ISO/IEC 27001:2022 A.8.24.",
        ),
        Column("source", "Source", Text(200), required=True, once=NEWER, help="System and environment."),
        Column("source_url", "Address at the source", Address(), required=True, once=NEWER, help="https://…"),
        Column("method", "How it was collected", Choice(choices=Method.choices), required=True, once=NEWER),
        Column("query", "Query or filter used", Words(), once=NEWER),
        Column("collected_by", "Collected by", One(source="people", named="email"), once=NEWER, help="Mail address."),
        Column("observed_at", "Observed at", Moment(), once=NEWER, help="UTC, 2026-11-22 14:30. Or a period."),
        Column("period_start", "Period from", Day(), once=NEWER),
        Column("period_end", "Period to", Day(), once=NEWER),
        Column("valid_until", "In date until", Day(), once=NEWER, help="Empty: it follows from the kind."),
        Column("state", "State", Choice(choices=EvidenceState.choices), fixed=True),
        Column("number", "Number of the version", Number(), fixed=True),
        Column("file_name", "File", Text(255), fixed=True),
        Column("sha256", "SHA-256", fixed=True),
    )

    @cached_property
    def known(self) -> dict[str, Any]:
        found: dict[str, Any] = {"people": names.people(self.scope)}
        found["implementations"] = names.implementations(self.scope)
        found["requirements"] = names.requirements(self.scope)
        return found

    @cached_property
    def _latest(self) -> dict[Any, EvidenceVersion]:
        """The newest version of each, read once for the whole table."""
        rows = EvidenceVersion.objects.filter(latest=True).select_related("collected_by")
        rows = names.owned(rows, self.scope)
        return {row.evidence_id: row for row in rows}

    def records(self, only: str = "") -> Iterable[Evidence]:
        rows = Evidence.objects.select_related("project", "organisation")
        rows = names.owned(rows, self.scope)
        links = ("implementation_links__implementation", "requirement_links__requirement__edition")
        return rows.prefetch_related(*links).order_by("reference")

    def values(self, record: Evidence) -> dict[str, Any]:
        version = self._latest[record.pk]
        shown = [link.implementation for link in record.implementation_links.all()]
        spoken = [link.requirement for link in record.requirement_links.all()]
        own = ("reference", "title", "shows", "kind", "nature", "classification")
        return {
            **{name: getattr(record, name) for name in own},
            "implementations": tuple(sorted(shown, key=lambda one: one.reference)),
            "requirements": tuple(sorted(spoken, key=lambda one: one.citation)),
            **{name: getattr(version, name) for name in (*FACTS, "state", "number", "file_name")},
            "sha256": version.blob_id or "",
        }

    def check(self, record: Evidence | None, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        if record is not None:
            yield from self._check_judged(record, values)
            return
        try:
            check_facts(self._facts(values, values["collected_by"]))
        except Refused as refused:
            yield ("period_end" if "ends" in str(refused) else "observed_at"), str(refused)
        if values["collected_by"] and not values["collected_by"].is_active:
            yield "collected_by", f"The account of {values['collected_by'].name} is closed: name somebody else."

    def _check_judged(self, record: Evidence, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """What somebody judged, or judges now, stays what it was."""
        version = self._latest[record.pk]
        if version.state not in JUDGED:
            return
        for name in ("shows", "kind", "nature"):
            if values[name] != getattr(record, name):
                yield name, f"{record.reference} is {version.get_state_display().lower()}: this no longer changes."

    def add(self, values: dict[str, Any], *, by: User, reason: str) -> None:
        self.add_all([values], by=by, reason=reason)

    def add_all(self, values: Sequence[dict[str, Any]], *, by: User, reason: str) -> bool:
        pieces = [
            Piece(
                title=one["title"],
                shows=one["shows"],
                kind=one["kind"],
                facts=self._facts(one, one["collected_by"] or by),
                links=Links(one["implementations"], one["requirements"]),
                said={name: one[name] for name in ("nature", "classification") if one.get(name)},
            )
            for one in values
        ]
        return submit_pieces(scope=self.scope, pieces=pieces, by=by, reason=reason) > 0

    def change(self, record: Evidence, values: dict[str, Any], *, by: User, reason: str) -> None:
        describe_evidence(evidence=record, by=by, reason=reason, **values)

    def url(self, record: Evidence) -> str:
        return address(self.scope, "evidence_item", record.reference)

    @staticmethod
    def _facts(values: dict[str, Any], collector: Any) -> Facts:
        return Facts(**{**{name: values.get(name) for name in FACTS}, "collected_by": collector})
