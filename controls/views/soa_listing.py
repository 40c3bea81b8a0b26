"""One reading of a statement of applicability: filtered, grouped by theme, or as a file."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, groupby
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from compliance.ui.filters import Term
from compliance.ui.register import Column
from controls.forms.applicability import StatementFilterForm
from controls.services.soa import Line

EXPORT = (
    Column("number", "Control", value="row.requirement.ref"),
    Column("title", "Title", value="row.requirement.title"),
    Column("included", "Applicable", value=lambda line: "Y" if line.row.included else "N"),
    Column("codes", "Reason codes", value="row.codes"),
    Column("justification", "Justification for inclusion", value="row.justification"),
    Column("progress", "Implemented", value="progress_label"),
    Column("planned", "Planned for", value="planned_date"),
    Column("exclusion", "Justification for exclusion", value="row.exclusion_reason"),
    Column("how", "How implemented", value=lambda line: " ".join(one.statement for one in line.implementations)),
    Column("by", "Implementations", value=lambda line: ", ".join(one.reference for one in line.implementations)),
    Column("owner", "Owner", value=lambda line: str(line.row.owner or "")),
    Column("inherited", "Inherited", value="inherited"),
    Column("deviation", "Reason for deviation", value="row.deviation_reason"),
    Column("until", "Exception until", value="row.holds_until"),
    Column("relies", "Relied on by", value=lambda line: ", ".join(chain(*line.claims.values()))),
    Column("evidence", "Evidence", value=lambda line: ", ".join(one.evidence.reference for one in line.evidence)),
    Column("projects", "Projects", value="besides.projects"),
    Column("responsibility", "Responsibility", value="besides.responsibility"),
    Column("tested", "Last test", value="besides.tested"),
    Column("findings", "Open findings", value=lambda line: ", ".join(line.besides.findings)),
    Column("changed", "Last change", value="besides.changed"),
    Column("problems", "Contradictions", value=lambda line: " ".join(problem.text for problem in line.problems)),
)


@dataclass
class StatementListing:
    """What the page draws from: all lines of the edition, and those the filters leave."""

    request: HttpRequest
    lines: list[Line]
    draw: Callable[[Line], str]
    plural: str = "rows"
    noun: str = field(init=False, default="row")

    @cached_property
    def form(self) -> StatementFilterForm:
        groups = {line.row.requirement.group.ref: line.row.requirement.group.title for line in self.lines}
        owners = {str(line.row.owner_id): str(line.row.owner) for line in self.lines if line.row.owner}
        form = StatementFilterForm(
            self.request.GET,
            themes=[(ref, f"{ref} {title}") for ref, title in groups.items()],
            owners=sorted(owners.items(), key=lambda pair: pair[1]),
        )
        form.is_valid()
        return form

    @cached_property
    def asked(self) -> dict[str, Any]:
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @cached_property
    def shown(self) -> list[Line]:
        return [line for line in self.lines if all(FITS[name](line, value) for name, value in self.asked.items())]

    @property
    def total(self) -> int:
        return len(self.shown)

    @property
    def themes(self) -> list[tuple[Any, list[Line]]]:
        """The shown lines under their themes, in the order of the edition."""
        grouped = groupby(self.shown, key=lambda line: line.row.requirement.group)
        return [(group, list(lines)) for group, lines in grouped]

    @property
    def drawn(self) -> list[tuple[Any, int, SafeString]]:
        """Each theme with the number of its lines and the lines as they are drawn."""
        return [
            (group, len(found), mark_safe("".join([self.draw(line) for line in found])))  # noqa: S308
            for group, found in self.themes
        ]

    @property
    def terms(self) -> list[Term]:
        """What the filters ask, in words."""
        found = []
        for name, value in self.asked.items():
            choices = dict(getattr(self.form.fields[name], "choices", ()))
            left = self.request.GET.copy()
            left.pop(name, None)
            label = str(self.form.fields[name].label)
            verb = "contains" if name == "q" else "is"
            found.append(Term(f"{label.lower()} {verb} {choices.get(value, value)}", f"?{left.urlencode()}"))
        return found


def _said(line: Line, words: str) -> bool:
    row = line.row
    text = " ".join([row.requirement.ref, row.requirement.title, row.justification, row.exclusion_reason]).lower()
    return all(word in text for word in words.lower().split())


FITS = {
    "q": _said,
    "theme": lambda line, value: line.row.requirement.group.ref == value,
    "included": lambda line, value: line.row.included == (value == "yes"),
    "status": lambda line, value: line.row.included and line.progress == value,
    "owner": lambda line, value: str(line.row.owner_id or "none") == value,
    "problem": lambda line, value: any(value in {"any", problem.kind} for problem in line.problems),
}
