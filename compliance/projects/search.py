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

    def find(self, scope: Organisation | Project, text: str, *, user: Any, shared: bool) -> QuerySet[Any]:
        """Records of the scope whose reference is the text, or whose words hold it; the reference first.

        `shared` says whether the person may also read what the organisation shares with its projects.
        """
        wanted = Q(reference__iexact=text) | Q(reference__istartswith=text)
        for word in self.words:
            wanted |= Q(**{f"{word}__icontains": text})
        return self._rows(scope, user, shared).filter(wanted).select_related(*self.related).order_by("reference")

    def _rows(self, scope: Organisation | Project, user: Any, shared: bool) -> QuerySet[Any]:
        organisation = scope.organisation if isinstance(scope, Project) else scope
        visible = Project.objects.in_organisation(organisation).visible_to(user)
        if self.model is Project:
            return visible
        names = {field.name for field in self.model._meta.get_fields()}
        if "project" not in names:
            rows = self.model.objects.in_organisation(organisation)
            return rows if shared else rows.none()
        if isinstance(scope, Project):
            both = shared and "organisation" in names
            return self.model.objects.for_project(scope) if both else self.model.objects.in_project(scope)
        return self.model.objects.in_organisation(scope).filter(Q(project__in=visible) | Q(project__isnull=True))


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


def search(
    scope: Organisation | Project, text: str, *, user: Any, can: Any, organisation_can: Any
) -> list[dict[str, Any]]:
    """Hits by kind, at most HITS each; one query per kind the person may view.

    `can` is what the person may do in the scope, `organisation_can` in its organisation.
    """
    text = text.strip()[:LONGEST]
    if len(text) < 2:
        return []
    found = []
    for one in searchables:
        if not getattr(can, one.kind).view:
            continue
        shared = getattr(organisation_can, one.kind).view
        if rows := list(one.find(scope, text, user=user, shared=shared)[: HITS + 1]):
            found.append({"label": one.label, "rows": rows[:HITS], "more": len(rows) > HITS})
    return found


searchable("project", "Projects", model=Project, kind="project", words=("name", "summary"), order=10)
