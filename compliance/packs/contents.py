"""What a pack says, as plain data: decided by its arguments and the history alone."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from compliance.ledger.proof.canonical import canonical
from compliance.packs.history import History
from compliance.packs.preflight import Result, findings_of, live_ids
from compliance.packs.profiles import Profile
from compliance.packs.redaction import Redactor
from compliance.packs.registry import Citation, Exhibit, Finding, Level, Period, Section, Subject
from compliance.packs.types import PackType
from compliance.projects.models import Organisation, Project

Parts = list[tuple[Section, Mapping[str, Any]]]


@dataclass(frozen=True)
class NumberedExhibit:
    """An exhibit with the number this pack gives it: E-001, in order of first citation."""

    number: str
    exhibit: Exhibit
    cited_in: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Carried:
    """A history the pack carries, the file it lies in, and whose it is."""

    history: History
    path: str
    title: str


@dataclass(frozen=True)
class Contents:
    """Everything a pack says. `then` is the row of the scope, `organisation` its organisation, as they were."""

    type: PackType
    scope: Organisation | Project
    then: Organisation | Project
    organisation: Organisation
    subject: Subject | None
    at: datetime
    period: Period
    profile: Profile
    parts: Parts
    results: list[Result]
    histories: list[Carried]
    printed: int
    only: frozenset[int] | None
    redactor: Redactor
    redactions: list[dict[str, Any]]

    @property
    def told(self) -> Period:
        """The days whose changes are printed: those of the period that belong to what the pack is about."""
        return self.subject.within(self.period) if self.subject else self.period

    @property
    def name(self) -> str:
        """What the pack is of: the project or organisation, and the subject in it."""
        return f"{self.then.name}, {self.subject.title}" if self.subject else self.then.name

    @property
    def reference(self) -> str:
        return self.subject.reference if self.subject else self.then.reference

    @property
    def project(self) -> Organisation | Project:
        """The row of the scope as it was."""
        return self.then

    @property
    def is_of_project(self) -> bool:
        return isinstance(self.then, Project)

    @property
    def history(self) -> History:
        """The scope's own history."""
        return self.histories[0].history

    @property
    def shared(self) -> History:
        """The history beside the scope's own: a project's organisation."""
        return self.histories[min(1, len(self.histories) - 1)].history

    @property
    def findings(self) -> list[Finding]:
        """What the checks found, first what holds the pack back."""
        return findings_of(self.results)

    @cached_property
    def exhibits(self) -> list[NumberedExhibit]:
        """The evidence cited, each once."""
        found: dict[str, NumberedExhibit] = {}
        for section, context in self.parts:
            for exhibit in context.get("exhibits", ()):
                number = f"E-{len(found) + 1:03}"
                entry = found.setdefault(exhibit.reference, NumberedExhibit(number, exhibit))
                if section.title not in entry.cited_in:
                    entry.cited_in.append(section.title)
        return list(found.values())

    @cached_property
    def citations(self) -> list[Citation]:
        """The lines of the cross-reference matrix, by requirement."""
        found = {citation for _, context in self.parts for citation in context.get("citations", ())}
        return sorted(found, key=lambda citation: (_natural(citation.requirement), citation.record))

    @cached_property
    def _by_record(self) -> dict[str, dict[str, list[str]]]:
        found: dict[str, dict[str, list[str]]] = {}
        for citation in self.citations:
            framework, _, number = citation.requirement.rpartition(" ")
            found.setdefault(citation.record, {}).setdefault(framework, []).append(number)
        return found

    def answered_by(self, record: str) -> list[str]:
        """The requirements a record answers, a framework's together: "ISO/IEC 27001:2022 A.5.1, A.5.2"."""
        found = self._by_record.get(record, {})
        return [f"{framework} {', '.join(numbers)}".strip() for framework, numbers in found.items()]

    @property
    def registers(self) -> dict[str, list[Mapping[str, Any]]]:
        """The machine-readable registers by file name."""
        return {name: rows for _, context in self.parts for name, rows in context.get("registers", {}).items()}

    @property
    def blocking(self) -> list[Finding]:
        """The findings that hold the pack back."""
        return [finding for finding in self.findings if finding.level == Level.BLOCK]

    def shown(self, text: str) -> str:
        """A text as the reader of this pack sees it: for a customer without names and addresses."""
        return self.redactor.text(text)

    @cached_property
    def canonical(self) -> bytes:
        """The whole content as canonical JSON: the bytes the content hash is of."""
        return canonical(
            {
                "format": "assay-content/1",
                "type": self.type.key,
                "scope": {"id": self.then.pk, "reference": self.then.reference, "name": self.shown(self.then.name)},
                "organisation": {"id": self.organisation.pk, "name": self.organisation.name},
                "subject": plain_data(self.subject),
                "as_at": self.at,
                "period": [self.period.start, self.period.end],
                "profile": self.profile.key,
                "sections": [section_data(section, context) for section, context in self.parts],
                "preflight": self._preflight(),
                "redactions": self.redactions,
                "changes": self.printed,
                "ledger": self.heads,
            }
        )

    def _preflight(self) -> list[dict[str, Any]]:
        """The checks without addresses, which may change, and without those that look at today's bytes."""
        live = live_ids()
        kept = [result for result in self.results if result.check not in live]
        for_all = ("check", "title", "level", "result", "comment")
        return [
            {
                **{name: getattr(result, name) for name in for_all},
                "findings": [[str(one.level), one.text] for one in result.findings],
            }
            for result in kept
        ]

    @property
    def heads(self) -> list[dict[str, Any]]:
        """The heads of the histories the pack carries, the scope's own first."""
        return [item.history.head for item in self.histories]

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the content, hex."""
        return sha256(self.canonical).hexdigest()


def plain_data(value: Any) -> Any:
    """Turn dataclasses inside `value` into mappings."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain_data(asdict(value))
    if isinstance(value, Mapping):
        return {key: plain_data(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_data(item) for item in value]
    return value


def section_data(section: Section, context: Mapping[str, Any]) -> dict[str, Any]:
    """A section as data; raises TypeError, naming it, when something in it has no canonical form."""
    data = {"key": section.key, "title": section.title, "data": plain_data(context)}
    try:
        canonical(data)
    except (TypeError, ValueError) as error:
        raise TypeError(f"The section {section.key!r} gives something that is not plain data: {error}") from error
    return data


def _natural(text: str) -> list[tuple[int, str]]:
    """Order A.5.9 before A.5.10."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in text.replace("-", ".").split(".")]
