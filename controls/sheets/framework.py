"""A framework of one's own from a spreadsheet, an OSCAL catalog or an OSCAL profile; an update keeps the answers."""

from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cached_property
from typing import IO, Any

from django import forms

from compliance.accounts.models import User
from compliance.exchange.cells import Flag, Text
from compliance.exchange.reading import Table, TableRefused
from compliance.exchange.registry import Column, Sheet, sheet
from compliance.projects.models import Organisation
from controls.addresses import address, split
from controls.models import Edition, Framework, Requirement
from controls.services.catalogue_schema import REF
from controls.services.oscal_reading import GENERAL, Document, Item, read_oscal, shorten
from controls.services.own_framework import About, bring_in_framework, own_editions, refuse_if_taken

NEW, EDITION, FRAMEWORK = "", "edition:", "framework:"
RETIRED = "(retired) "


@sheet
class FrameworkSheet(Sheet):
    """The rows of one edition the organisation brought in itself."""

    key, title, noun, kind, order = "frameworks", "Framework of your own", "requirement", "framework", 5
    intro = (
        "Brings in a framework from a spreadsheet, an OSCAL catalog or an OSCAL profile (JSON), or updates one: "
        "the same number keeps its answers."
    )
    identity = ("number",)
    in_projects, versioned, exports = False, False, False
    accepts = ".csv,.xlsx,.json"
    columns = (
        Column("number", "Number", Text(60), required=True, help="How the requirement is cited. It never changes."),
        Column("title", "Title", Text(170), required=True, help="Short, and not the text of a standard."),
        Column("group", "Group", Text(60), help="Number of the chapter it stands in."),
        Column("group_title", "Title of the group", Text(170)),
        Column("parent", "Under", Text(60), help="Number of the requirement it is part of."),
        Column("assessed", "Assessed", Flag(), help="no for headings; empty means yes."),
        Column("summary", "In our words", Text(300)),
    )

    @classmethod
    def questions(cls, scope: Any) -> dict[str, Any]:
        organisation, _ = split(scope)
        mine = list(own_editions(organisation))
        into = [(NEW, "A new framework"), *((f"{EDITION}{one.key}", f"Update {one.label}") for one in mine)]
        for framework in {one.framework for one in mine}:
            into.append((f"{FRAMEWORK}{framework.key}", f"A new edition of {framework.name}"))
        known = [("", "None"), *Edition.objects.visible_in(organisation).values_list("key", "label")]
        words = "Left empty, what the OSCAL file calls itself."
        return {
            "into": forms.ChoiceField(label="It is", choices=into, required=False),
            "name": forms.CharField(label="Name of the framework", max_length=100, required=False, help_text=words),
            "label": forms.CharField(
                label="Cited as", max_length=60, required=False, help_text="With its edition: House rules 2026."
            ),
            "licence": forms.CharField(
                label="Licence", max_length=300, required=False, help_text="What you may do with it, and who allows it."
            ),
            "base": forms.ChoiceField(
                label="A profile picks from", choices=known, required=False, help_text="For an OSCAL profile only."
            ),
        }

    @property
    def organisation(self) -> Organisation:
        """Whose framework it is."""
        return split(self.scope)[0]

    @cached_property
    def edition(self) -> Edition | None:
        """The edition to update, if it is one of ours."""
        kind, _, key = self.asked.get("into", "").partition(":")
        return own_editions(self.organisation).filter(key=key).first() if kind == "edition" else None

    @cached_property
    def about(self) -> About:
        """What the edition will be called."""
        kind, _, key = self.asked.get("into", "").partition(":")
        mine = Framework.objects.filter(owner=self.organisation, key=key) if kind == "framework" else None
        framework = mine.first() if mine is not None else None
        name = self.asked.get("name") or self._title or (framework.name if framework else "")
        label = self.asked.get("label") or f"{name[: 59 - len(self._release)]} {self._release}".strip()
        source = self._title and f"OSCAL: {self._title} {self._release}".strip()
        about = About(
            name[:100], label[:60], self.asked.get("licence", ""), source or About.source, framework, self.edition
        )
        if not name and self.edition is None:
            raise TableRefused("Give the framework a name: a spreadsheet does not tell one.")
        refuse_if_taken(self.organisation, about)
        return about

    _title = _release = ""

    def table(self, stream: IO[bytes]) -> Table:
        head = stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
        stream.seek(0)
        table = self._from_oscal(stream.read()) if head[:1] in {b"{", b"["} else super().table(stream)
        rows = list(table.rows)  # all of them at once: a row may stand under a later one
        column = next((n for n, label in enumerate(table.labels) if label.casefold() == "number"), 0)
        self._numbers = {str(cells[column] or "").strip() for _, cells in rows if column < len(cells)}
        _ = self.about
        return Table(table.labels, iter(rows))

    def _from_oscal(self, content: bytes) -> Table:
        document = read_oscal(content)
        self._title, self._release = document.title, document.version[:20]
        items = self._picked(document) if document.chosen else document.items
        rows = [[one.number, one.title, one.group, one.group_title, one.parent, "", ""] for one in items]
        return Table([column.label for column in self.columns], iter(list(enumerate(rows, 1))))

    def _picked(self, document: Document) -> list[Item]:
        """A profile names controls only; their titles come from an edition that is here already."""
        base = Edition.objects.visible_in(self.organisation).filter(key=self.asked.get("base", "")).first()
        if base is None or document.chosen is None:
            raise TableRefused("This is a profile: say which edition it picks from. Bring its catalog in first.")
        rows = Requirement.objects.live().in_edition(base).select_related("group", "parent").order_by("position")
        found = [row for row in rows if document.chosen.takes(row.ref, _as_id(row.ref))]
        names = {name for row in found for name in (row.ref.casefold(), _as_id(row.ref))}
        if missing := sorted(document.chosen.names - names):
            raise TableRefused(f"{base.label} has no {', '.join(missing[:10])}: is it the catalog of this profile?")
        inside = {row.ref for row in found}
        return [
            Item(
                row.ref,
                shorten(row.title),
                row.group.ref,
                row.group.title,
                row.parent.ref if row.parent and row.parent.ref in inside else "",
            )
            for row in found
        ]

    def records(self, only: str = "") -> Iterable[Requirement]:
        if self.edition is None:
            return []
        return self.edition.requirements.select_related("group", "parent", "edition").order_by("position")

    def values(self, record: Requirement) -> dict[str, Any]:
        return {
            "number": record.ref,
            "title": f"{RETIRED}{record.title}"[:170] if record.is_retired else record.title,
            "group": record.group.ref,
            "group_title": record.group.title,
            "parent": record.parent.ref if record.parent else "",
            "assessed": None if record.assessable else False,
            "summary": record.summary,
        }

    def check(self, record: Requirement | None, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for name in ("number", "group", "parent"):
            if values[name] and not REF.fullmatch(values[name]):
                yield name, "It begins with a letter or digit and holds letters, digits, blanks and . : ( ) / _ - only."
        if values["parent"] and (values["parent"] not in self._numbers or values["parent"] == values["number"]):
            yield "parent", "No other row has this number: name one of the file, or leave it empty."

    def dropped(self, seen: Container[tuple[str, ...]]) -> Iterator[tuple[str, Requirement]]:
        for record in self.records():
            if not record.is_retired and (record.ref.casefold(),) not in seen:
                yield f"{record.ref} {record.title}", record

    def apply(self, planned: Sequence[Any], *, by: User, reason: str) -> bool:
        rows = [self._row(one) for one in planned if one.verdict != "retired"]
        about = self.about
        bring_in_framework(organisation=self.organisation, about=about, rows=rows, by=by, reason=reason)
        return True

    def _row(self, planned: Any) -> dict[str, Any]:
        """Every value of a row: what the file says, and else what stands here."""
        before = self.values(planned.record) if planned.record else {}
        row = {column.key: planned.given.get(column.key, before.get(column.key)) or "" for column in self.columns}
        row["assessed"] = planned.given.get("assessed", before.get("assessed")) is not False
        row["title"] = row["title"].removeprefix(RETIRED)
        row["group"] = row["group"] or GENERAL
        row["group_title"] = row["group_title"] or row["group"]
        return row

    def url(self, record: Requirement) -> str:
        return address(self.organisation, "requirement", record.edition.key, record.ref)


def _as_id(ref: str) -> str:
    """A number as OSCAL ids are written: AC-2(1) is ac-2.1."""
    return ref.casefold().replace(" ", "").replace("(", ".").replace(")", "")
