"""Reports of scanners and component lists: SARIF, CycloneDX, SPDX, OSV and MobSF, each row seen before it counts."""

from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cached_property
from io import BytesIO
from typing import IO, Any

from django import forms
from django.db.models import Q

from compliance.accounts.models import User
from compliance.artefacts import formats
from compliance.artefacts.formats import Found, Report
from compliance.exchange.cells import Text, Words
from compliance.exchange.reading import Table, TableRefused
from compliance.exchange.registry import Column, Sheet, sheet
from compliance.projects.models import Project, Release
from risks.models import Component, Suggestion, Vulnerability
from risks.models.vulnerability import OPEN
from risks.services.report import bring_in

LABELS = ("mark", "what", "title", "reported_severity", "claimed", "component", "location", "fixed_in", "licence")


@sheet
class ReportSheet(Sheet):
    """Findings and components of one file; identity is what the file itself tells them apart by."""

    key, title, noun, kind, order = "reports", "Reports of scanners", "finding", "risk", 60
    intro = (
        "Brings in vulnerabilities and component lists from SARIF, CycloneDX, SPDX, OSV and MobSF (JSON). "
        "What is no longer reported becomes a suggestion; nothing is closed by a file."
    )
    identity = ("mark",)
    versioned, exports = False, False
    accepts = ".json,.sarif"
    columns = (
        Column("mark", "Finding", Text(200), required=True, help="What tells it from others, with its fingerprint."),
        Column("what", "It is", Text(30)),
        Column("title", "Title", Text(200), once="The title stays as people left it."),
        Column("reported_severity", "Reported as", Text(20)),
        Column("claimed", "The report says", Text(60)),
        Column("component", "Component", Text(320)),
        Column("location", "Place", Text(300)),
        Column("fixed_in", "Fixed in", Text(120)),
        Column("licence", "Licence", Words(200)),
    )

    @classmethod
    def questions(cls, scope: Any) -> dict[str, Any]:
        releases = Release.objects.in_project(scope) if isinstance(scope, Project) else Release.objects.none()
        listed = [("", "None"), *((str(one.pk), one.name) for one in releases)]
        words = "The release the file is about. A component list needs one; a vulnerability affects it then."
        return {"release": forms.ChoiceField(label="Release", choices=listed, required=False, help_text=words)}

    @cached_property
    def release(self) -> Release | None:
        """The release the file is about."""
        key = self.asked.get("release", "")
        return Release.objects.in_project(self.project).filter(pk=key).first() if key else None

    @property
    def project(self) -> Project:
        if not isinstance(self.scope, Project):
            raise TableRefused("A report is about one project: bring it in there.")
        return self.scope

    def table(self, stream: IO[bytes]) -> Table:
        data = stream.read(formats.MAX_BYTES + 1)
        try:
            self.report = formats.read(data)
        except formats.Unreadable as refused:
            raise TableRefused(f"{refused} Nothing of the file was used.") from refused
        self.data = BytesIO(data)
        if self.report.components and self.release is None and not self.report.found:
            raise TableRefused("The file lists components: choose the release they belong to, and hand it in again.")
        by_key = {column.key: column.label for column in self.columns}
        return Table([by_key[key] for key in LABELS], iter(list(enumerate(self._rows(self.report), 1))))

    def _rows(self, report: Report) -> Iterator[list[str]]:
        self.found = {mark(one): one for one in report.found}
        self.listed = {f"component {one.label}"[:190]: one for one in report.components} if self.release else {}
        for name, one in self.found.items():
            said = f"{one.said}:{one.justification}".rstrip(":")[:60] if one.said else ""
            component = one.component.label if one.component else ""
            row = [name, "vulnerability", one.title, one.severity, said, component[:300], one.location]
            yield [*row, one.fixed_in[:120], ""]
        for name, part in self.listed.items():
            yield [name, "component", "", "", "", part.label, "", "", part.licence]

    def records(self, only: str = "") -> Iterable[Any]:
        yield from Vulnerability.objects.in_project(self.project).exclude(fingerprint="").select_related("project")
        if self.release is not None:
            yield from Component.objects.filter(release=self.release).select_related("project")

    def values(self, record: Any) -> dict[str, Any]:
        if isinstance(record, Component):
            told = {"mark": f"component {record}"[:190], "what": "component", "component": str(record)}
            empty = dict.fromkeys(("title", "reported_severity", "claimed", "location", "fixed_in"), "")
            return {**empty, **told, "licence": record.licence}
        return {
            "mark": record.fingerprint,
            "what": "vulnerability",
            "title": self._reported(record).title if self._reported(record) else record.title,
            "reported_severity": record.reported_severity,
            "claimed": record.claimed,
            "component": f"{record.component} {record.component_version}".strip(),
            "location": record.location,
            "fixed_in": record.fixed_in or (self._reported(record).fixed_in[:120] if self._reported(record) else ""),
            "licence": "",
        }

    def _reported(self, record: Vulnerability) -> Any:
        """What the file says of a known one; people's words for it stay."""
        return getattr(self, "found", {}).get(record.fingerprint)

    def dropped(self, seen: Container[tuple[str, ...]]) -> Iterator[tuple[str, Any]]:
        """Components the list no longer has, and open vulnerabilities this tool reported before and no longer does."""
        if self.listed:
            for part in Component.objects.filter(release=self.release).select_related("project"):
                if (f"component {part}"[:190].casefold(),) not in seen:
                    yield f"{part}: no longer in the list", part
        for row in self.missing(seen):
            yield f"{row.reference} {row.title}: no longer reported, becomes a suggestion", row

    def missing(self, seen: Container[tuple[str, ...]]) -> Iterator[Vulnerability]:
        """Those not suggested yet. Component lists without findings, and mere statements (VEX), tell nothing."""
        tool, report = tool_of(self.report), self.report
        if report.format in {"cyclonedx", "spdx"} and not (report.found and report.components):
            return
        told = Q(suggestions__kind=Suggestion.Kind.GONE)
        rows = Vulnerability.objects.in_project(self.project).filter(tool=tool, state__in=OPEN).exclude(told)
        for row in rows.exclude(fingerprint="").select_related("project").order_by("reference"):
            if (row.fingerprint.casefold(),) not in seen:
                yield row

    def url(self, record: Any) -> str:
        return "" if isinstance(record, Component) else str(record.get_absolute_url())

    def apply(self, planned: Sequence[Any], *, by: User, reason: str) -> bool:
        bring_in(self, planned, by=by, reason=reason)
        return True


def mark(found: Found) -> str:
    """How a finding is called, the same in every file that reports it."""
    name = found.identifiers[0] if found.identifiers else found.title
    where = f" in {found.component.label}" if found.component else ""
    return f"{name}{where}"[:170] + f" #{found.fingerprint[:16]}"


def tool_of(report: Report) -> str:
    """The tool without its version, so that a newer one goes on where the older stood; of MobSF, its app."""
    about = {
        "sarif": report.tool.partition(" ")[0],
        "cyclonedx": report.tool.partition(" ")[0],
        "mobsf": report.subject,
    }
    return f"{report.format} {about.get(report.format, '')}".strip()[:100]
