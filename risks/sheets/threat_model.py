"""Threat models of OWASP Threat Dragon, each element and threat seen before it counts."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import IO, Any

from django import forms

from compliance.accounts.models import User
from compliance.artefacts.formats import MAX_BYTES, Unreadable
from compliance.exchange.cells import Text, Words
from compliance.exchange.reading import Table, TableRefused
from compliance.exchange.registry import Column, Sheet, sheet
from compliance.projects.models import Project
from risks.models.threat_model import ThreatModel
from risks.services.threat_exchange import bring_in_model
from risks.threat_dragon import Cell, Model, read
from risks.threat_vocabulary import categories


@sheet
class ThreatModelSheet(Sheet):
    """The elements and threats of one file; they become a draft."""

    key, title, noun, kind, order = "threat-models", "Threat models", "element", "risk", 62
    intro = "Brings in an OWASP Threat Dragon model (version 1 or 2, JSON) as a draft, or as the next version of one."
    identity = ("mark",)
    versioned, exports = False, False
    accepts = ".json"
    columns = (
        Column("mark", "Element or threat", Text(200), required=True),
        Column("what", "It is", Text(60)),
        Column("between", "Where", Text(300)),
        Column("status", "Status", Text(40)),
        Column("mitigation", "Mitigation", Words(6000)),
    )

    @classmethod
    def questions(cls, scope: Any) -> dict[str, Any]:
        rows = ThreatModel.objects.in_project(scope) if isinstance(scope, Project) else ThreatModel.objects.none()
        fit = rows.filter(state="approved", later=None)
        listed = [("", "A new threat model"), *((str(one.pk), f"The next version of {one}") for one in fit)]
        words = "As a next version, the ids in the file tell what is new, gone and changed."
        return {"into": forms.ChoiceField(label="It becomes", choices=listed, required=False, help_text=words)}

    @cached_property
    def previous(self) -> ThreatModel | None:
        """The version it goes on from."""
        key = self.asked.get("into", "")
        rows = ThreatModel.objects.in_project(self.project).filter(state="approved", later=None)
        return rows.filter(pk=key).first() if key else None

    @property
    def project(self) -> Project:
        if not isinstance(self.scope, Project):
            raise TableRefused("A threat model is about one project: bring it in there.")
        return self.scope

    def table(self, stream: IO[bytes]) -> Table:
        try:
            self.model: Model = read(stream.read(MAX_BYTES + 1))
        except Unreadable as refused:
            raise TableRefused(f"{refused} Nothing of the file was used.") from refused
        if not self.model.cells:
            raise TableRefused("The model holds no element: draw something in Threat Dragon first.")
        return Table([column.label for column in self.columns], iter(list(enumerate(self._rows(), 1))))

    def _rows(self) -> Iterator[list[str]]:
        names = {cell.key: cell.name for cell in self.model.cells}
        for cell in self.model.cells:
            yield [f"{cell.name} #{cell.key}"[:200], _what(cell), _where(cell, names), "", ""]
            for one in cell.threats:
                kind = f"Threat: {categories()[one.category]}"
                yield [f"{one.title} #{one.key[:36]}"[:200], kind, f"at {cell.name}", one.status, one.mitigation[:5900]]

    def records(self, only: str = "") -> Iterable[Any]:
        return ()

    def apply(self, planned: Sequence[Any], *, by: User, reason: str) -> bool:
        bring_in_model(project=self.project, model=self.model, by=by, reason=reason, previous=self.previous)
        return True


def _what(cell: Cell) -> str:
    return {"actor": "Somebody outside", "boundary": "Trust boundary"}.get(cell.shape, cell.shape.capitalize())


def _where(cell: Cell, names: dict[str, str]) -> str:
    if cell.shape == "flow":
        return f"{names.get(cell.source, '')} {'↔' if cell.both_ways else '→'} {names.get(cell.target, '')}"
    return f"inside {names[cell.inside]}" if cell.inside in names else ""
