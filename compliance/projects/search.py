"""Finding a record by its reference or its name: rooms register what can be found, in a file called `search.py`.

searchable("risk", "Risks", model=Risk, kind="risk", words=("title",), related=("project", "organisation"))
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from compliance.projects.models import Organisation, Project
from compliance.registry import Registry

HITS = 8
LONGEST = 100


@dataclass(frozen=True)
class Searchable:
    """One kind of record. Its model has `get_absolute_url`; `words` are the fields searched besides the reference."""

    label: str
    kind: str
    model: Any
    words: tuple[str, ...]
    related: tuple[str, ...] = ()

    def find(self, scope: Organisation | Project, text: str, user: Any) -> QuerySet[Any]:
        """Records of the scope whose reference is the text, or whose words hold it; the reference first."""
        wanted = Q(reference__iexact=text) | Q(reference__istartswith=text)
        for word in self.words:
            wanted |= Q(**{f"{word}__icontains": text})
        return self._rows(scope, user).filter(wanted).select_related(*self.related).order_by("reference")

    def _rows(self, scope: Organisation | Project, user: Any) -> QuerySet[Any]:
        if self.model is Project:
            organisation = scope.organisation if isinstance(scope, Project) else scope
            return Project.objects.in_organisation(organisation).visible_to(user)
        names = {field.name for field in self.model._meta.get_fields()}
        if isinstance(scope, Project):
            if "project" not in names:
                return self.model.objects.in_organisation(scope.organisation)
            return (
                self.model.objects.for_project(scope)
                if "organisation" in names
                else self.model.objects.in_project(scope)
            )
        rows = self.model.objects.in_organisation(scope)
        if "project" not in names:
            return rows
        visible = Project.objects.in_organisation(scope).visible_to(user)
        return rows.filter(Q(project__in=visible) | Q(project__isnull=True))


searchables: Registry[Searchable] = Registry("searchable")


def searchable(
    key: str,
    label: str,
    *,
    model: Any,
    kind: str,
    words: tuple[str, ...],
    related: tuple[str, ...] = (),
    order: int = 50,
) -> None:
    """Let records of a model be found by people whose roles view `kind`."""
    searchables.add(key, Searchable(label, kind, model, words, related), order=order)


def search(scope: Organisation | Project, text: str, *, user: Any, can: Any) -> list[dict[str, Any]]:
    """Hits by kind, at most HITS each; one query per kind the person may view."""
    text = text.strip()[:LONGEST]
    if len(text) < 2:
        return []
    found = []
    for one in searchables:
        if getattr(can, one.kind).view and (rows := list(one.find(scope, text, user)[: HITS + 1])):
            found.append({"label": one.label, "rows": rows[:HITS], "more": len(rows) > HITS})
    return found


searchable("project", "Projects", model=Project, kind="project", words=("name", "summary"), order=10)
