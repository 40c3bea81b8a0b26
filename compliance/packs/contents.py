"""What a pack says, as plain data: decided by its arguments and the history alone."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from compliance.jobs.registry import JobFailed
from compliance.ledger import as_of
from compliance.ledger.proof.canonical import canonical
from compliance.packs.history import History, changes_in, history_of
from compliance.packs.registry import Citation, Exhibit, Finding, Level, Period, Section, preflight, sections_of
from compliance.packs.types import PackType, pack_type
from compliance.projects.models import Organisation, Project

# Addresses of people who may never have come: proven to be there, not shown.
WITHHELD = frozenset({"projects.invitation"})


@dataclass(frozen=True)
class NumberedExhibit:
    """An exhibit with the number this pack gives it: E-001, in order of first citation."""

    number: str
    exhibit: Exhibit
    cited_in: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Contents:
    """Everything a pack says."""

    type: PackType
    project: Project
    organisation: Organisation
    at: datetime
    period: Period
    profile: str
    parts: list[tuple[Section, Mapping[str, Any]]]
    findings: list[Finding]
    history: History
    shared: History
    changes: list[dict[str, Any]]

    @property
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

    @property
    def citations(self) -> list[Citation]:
        """The lines of the cross-reference matrix, by requirement."""
        found = {citation for _, context in self.parts for citation in context.get("citations", ())}
        return sorted(found, key=lambda citation: (_natural(citation.requirement), citation.record))

    def answered_by(self, record: str) -> list[str]:
        """The requirements a record answers, a framework's together: "ISO/IEC 27001:2022 A.5.1, A.5.2"."""
        found: dict[str, list[str]] = {}
        for citation in self.citations:
            if citation.record == record:
                framework, _, number = citation.requirement.rpartition(" ")
                found.setdefault(framework, []).append(number)
        return [f"{framework} {', '.join(numbers)}".strip() for framework, numbers in found.items()]

    @property
    def registers(self) -> dict[str, list[Mapping[str, Any]]]:
        """The machine-readable registers by file name."""
        return {name: rows for _, context in self.parts for name, rows in context.get("registers", {}).items()}

    @property
    def blocking(self) -> list[Finding]:
        """The findings that hold the pack back."""
        return [finding for finding in self.findings if finding.level == Level.BLOCK]

    @cached_property
    def canonical(self) -> bytes:
        """The whole content as canonical JSON: the bytes the content hash is of."""
        return canonical(
            {
                "format": "assay-content/1",
                "type": self.type.key,
                "project": {"id": self.project.pk, "reference": self.project.reference, "name": self.project.name},
                "organisation": {"id": self.organisation.pk, "name": self.organisation.name},
                "as_at": self.at,
                "period": [self.period.start, self.period.end],
                "profile": self.profile,
                "sections": [_section_data(section, context) for section, context in self.parts],
                "findings": [plain_data(finding) for finding in self.findings],
                "changes": self.changes,
                "ledger": self.heads,
            }
        )

    @property
    def heads(self) -> list[dict[str, Any]]:
        """The heads of the histories the pack carries: the project's, then its organisation's."""
        return [self.history.head, self.shared.head]

    @property
    def hash(self) -> str:
        """SHA-256 of the content, hex."""
        return sha256(self.canonical).hexdigest()


def gather(*, project: Project, type: str, at: datetime, period: Period, profile: str) -> Contents:
    """Ask every section and check for its part."""
    kind = pack_type(type)
    then = as_of(Project, at, stream=project.stream).filter(id=project.pk).first("organisation")
    if then is None:
        raise JobFailed(f"{project.name} did not exist at that moment: choose a later one.")
    parts = [(section, section.source(project, at, period)) for section in sections_of(type)]
    for section, context in parts:
        _section_data(section, context)  # refuses what has no canonical form, naming the section
    history = history_of(project.stream, at)
    return Contents(
        type=kind,
        project=then,
        organisation=then.organisation,
        at=at,
        period=period,
        profile=profile,
        parts=parts,
        findings=preflight(project, at, period),
        history=history,
        shared=history_of(then.organisation.stream, at, withheld=WITHHELD),
        changes=changes_in(history, period),
    )


def plain_data(value: Any) -> Any:
    """Turn dataclasses inside `value` into mappings."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain_data(asdict(value))
    if isinstance(value, Mapping):
        return {key: plain_data(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_data(item) for item in value]
    return value


def _section_data(section: Section, context: Mapping[str, Any]) -> dict[str, Any]:
    data = {"key": section.key, "title": section.title, "data": plain_data(context)}
    try:
        canonical(data)
    except (TypeError, ValueError) as error:
        raise TypeError(f"The section {section.key!r} gives something that is not plain data: {error}") from error
    return data


def _natural(text: str) -> list[tuple[int, str]]:
    """Order A.5.9 before A.5.10."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in text.replace("-", ".").split(".")]
