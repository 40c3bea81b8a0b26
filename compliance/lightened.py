"""Less of what stands beside the rows of a list."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet


def lightened(query: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Of rows that stand beside those of a list only what their model says is shown there (`beside`).

    An organisation beside each of fifty risks would else come with all its texts, fifty times.
    """
    named = query.query.select_related
    if not isinstance(named, dict) or query.query.deferred_loading[0]:
        return query
    left = list(_idle(query.model, named, ""))
    return query.defer(*left) if left else query


def _idle(model: Any, named: dict[str, Any], path: str) -> Iterator[str]:
    for name, inner in named.items():
        related = model._meta.get_field(name).related_model
        if (beside := getattr(related, "beside", None)) is not None:
            kept = {*beside, *inner, related._meta.pk.name}
            yield from (f"{path}{name}__{one.name}" for one in related._meta.concrete_fields if one.name not in kept)
        yield from _idle(related, inner, f"{path}{name}__")
