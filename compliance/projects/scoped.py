"""The rows of lists that stand in an organisation and in its projects, as prepared queries.

TESTS = ScopedRows(ControlTest, lambda rows: rows.select_related("tester")) makes TESTS(scope) possible.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from compliance.prepared import Found, Rows
from compliance.projects.models import Organisation, Project

Build = Callable[..., QuerySet[Any, Any]]


class CountedRows(Rows):
    """Rows whose first page is read and counted with one query: for lists that prefetch much."""

    together = True


class ScopedRows:
    """`build` narrows the rows of a scope and adds to them; further slots are values given when it is called.

    A project shows its own rows, with `shared` also those its organisation shares with all projects.
    """

    def __init__(self, model: Any, build: Build, *, shared: bool = False, **kinds: type) -> None:
        everything = model._default_manager.all
        names = {field.name for field in model._meta.get_fields()}
        owner = "organisation" if "organisation" in names else "project__organisation"
        self.of_organisation = Rows(
            lambda scope, **values: build(everything().filter(**{owner: scope}), **values), scope=UUID, **kinds
        )
        if shared:
            self.of_project = Rows(
                lambda scope, owner, **values: build(
                    everything().filter(Q(project=scope) | Q(project__isnull=True), organisation=owner), **values
                ),
                scope=UUID,
                owner=UUID,
                **kinds,
            )
        else:
            self.of_project = Rows(
                lambda scope, **values: build(everything().filter(project=scope), **values), scope=UUID, **kinds
            )
        self.shared = shared

    def __call__(self, scope: Organisation | Project, **values: Any) -> Found:
        if isinstance(scope, Organisation):
            return self.of_organisation(scope=scope.pk, **values)
        if self.shared:
            values["owner"] = scope.organisation_id
        return self.of_project(scope=scope.pk, **values)
