"""One row of a statement as it is drawn: a statement has a hundred, and a template for each took most of its time."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from compliance.projects.models import Organisation, Project
from compliance.ui.addresses import PLAIN
from compliance.ui.columns import text
from compliance.ui.templatetags.ui import day, state
from controls.addresses import address
from controls.models.applicability import CODES
from controls.services.soa import Line

WORDS = 26  # of a justification
SHOWN = 4  # pieces of evidence
ABOUT = ("row", "decide")


@dataclass(frozen=True)
class LineDrawing:
    """Draws the lines of one edition's statement in a scope."""

    scope: Organisation | Project
    edition: str
    may_edit: bool

    @cached_property
    def in_project(self) -> bool:
        return isinstance(self.scope, Project)

    @cached_property
    def _pages(self) -> dict[str, str]:
        """The addresses of pages about a requirement, up to its number."""
        return {page: text(address(self.scope, page, self.edition, "x")).removesuffix("x/") for page in ABOUT}

    @cached_property
    def _references(self) -> dict[tuple[str, ...], str]:
        """The references drawn so far: many lines show the same."""
        return {}

    def __call__(self, line: Line, *, saved: bool = False) -> SafeString:
        """The row; `saved` says that it was just changed."""
        row, asked = line.row, line.row.requirement
        ref, owner = text(asked.ref), row.owner or ""
        url = self._at("row", asked.ref)
        cells = (
            self._box(row, ref),
            f'<th scope="row" class="nowrap"><a class="reference" href="{url}" data-open>{ref}</a></th>',
            f'<td class="main"><div><a href="{url}">{text(asked.title)}</a>{_why(line)}</div></td>',
            f'<td data-label="Applies" class="nowrap">{self._applies(line)}</td>',
            _cell("Status", _status(line), row.included),
            _cell("Carried out by", f"<span>{self._carried(line)}</span>", line.implementations),
            _cell("Evidence", f"<span>{self._evidence(line)}</span>", line.evidence),
            f'<td data-label="Owner" class="nowrap{"" if owner else " blank"}">{text(str(owner))}</td>',
            self._edit(asked, saved),
        )
        return mark_safe(f'<tr id="line-{asked.pk}">{"".join(cells)}</tr>\n')  # noqa: S308

    def _box(self, row: Any, ref: str) -> str:
        if not self.may_edit:
            return ""
        about = f'name="selected" value="{row.pk}" form="bulk" aria-label="Select {ref}"'
        return f'<td class="select"><input type="checkbox" {about}></td>'

    def _applies(self, line: Line) -> str:
        row = line.row
        said = f"Yes{_codes(row.codes)}" if row.included else "<b>No</b>"
        if self.in_project and not line.inherited:
            until = f"exception until {day(row.holds_until)}" if row.holds_until else "own"
            said += f' <span class="badge" title="{text(row.deviation_reason)}">{until}</span>'
        return said

    def _carried(self, line: Line) -> str:
        return "".join(
            self._reference("control", one.control.reference, one.reference, one.control.title)
            for one in line.implementations
        )

    def _evidence(self, line: Line) -> str:
        found = [one.evidence for one in line.evidence]
        shown = "".join(
            self._reference("evidence_item", one.reference, one.reference, one.title) for one in found[:SHOWN]
        )
        return f'{shown}<span class="soft">+{len(found) - SHOWN}</span>' if len(found) > SHOWN else shown

    def _reference(self, page: str, key: str, label: str, title: str) -> str:
        drawn = self._references.get((page, key, label))
        if drawn is None:
            url = text(address(self.scope, page, key))
            drawn = f'<a class="reference" href="{url}" title="{text(title)}">{text(label)}</a> '
            self._references[page, key, label] = drawn
        return drawn

    def _at(self, page: str, ref: str) -> str:
        if PLAIN.fullmatch(ref):
            return f"{self._pages[page]}{ref}/"
        return text(address(self.scope, page, self.edition, ref))

    def _edit(self, asked: Any, saved: bool) -> str:
        if not self.may_edit:
            return ""
        url = self._at("decide", asked.ref)
        done = f'<span role="status">{state("saved", tone="ok")}</span> ' if saved else ""
        swap = f'hx-get="{url}" hx-target="#line-{asked.pk}" hx-swap="outerHTML" hx-push-url="false"'
        return f'<td class="text-end nowrap">{done}<a href="{url}" data-edit {swap}>Edit</a></td>'


@lru_cache(maxsize=100)
def _codes(codes: str) -> str:
    held = codes.split()
    return "".join(f' <span class="badge">{code}</span>' for code in CODES if code in held)


def _cell(label: str, inside: str, filled: Any) -> str:
    return f'<td data-label="{label}" class="{"" if filled else "blank"}">{inside}</td>'


def _why(line: Line) -> str:
    """The justification in short, and what contradicts it."""
    row = line.row
    why = row.justification if row.included else row.exclusion_reason
    said = f'<div class="soft small fw-normal">{text(_short(why.split()))}</div>' if why else ""
    return said + "".join(
        f'<div class="small fw-normal"><span class="state state-{"bad" if problem.blocks else "warn"} text-wrap">'
        f"{text(problem.text)}</span></div>"
        for problem in line.problems
    )


def _short(words: Sequence[str]) -> str:
    return " ".join(words) if len(words) <= WORDS else f"{' '.join(words[:WORDS])} …"


def _status(line: Line) -> str:
    if not line.row.included:
        return ""
    planned = line.planned_date
    by = f'<div class="soft small nowrap">by {day(planned)}</div>' if planned else ""
    return f"{state(line.progress, line.progress_label)}{by}"
