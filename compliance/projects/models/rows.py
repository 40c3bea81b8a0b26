"""The bases of everything that belongs to an organisation or to one of its projects."""

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.db.models import Q

from compliance.ledger.models import Tracked, TrackedQuerySet

if TYPE_CHECKING:
    from compliance.projects.models.organisation import Organisation
    from compliance.projects.models.project import Project

M = TypeVar("M", bound=Tracked)


class ScopedQuerySet(TrackedQuerySet[M]):
    """Rows by scope. Views reach child records through these only, so another scope's id is never found."""

    def in_organisation(self, organisation: "Organisation") -> Any:
        """Every row of the organisation, its projects' rows included."""
        names = {field.name for field in self.model._meta.get_fields()}
        if "organisation" in names:
            return self.filter(organisation=organisation)
        return self.filter(project__organisation=organisation)

    def in_project(self, project: "Project") -> Any:
        """The project's own rows."""
        return self.filter(project=project)

    def for_project(self, project: "Project") -> Any:
        """The project's own rows and those its organisation shares with all projects (scoped rows only)."""
        return self.filter(Q(project=project) | Q(project__isnull=True), organisation_id=project.organisation_id)

    def kept_in(self, scope: "Organisation | Project") -> Any:
        """What may be changed from a scope."""
        from compliance.projects.models.project import Project  # it stands on these rows

        return self.in_project(scope) if isinstance(scope, Project) else self.in_organisation(scope)

    def seen_in(self, scope: "Organisation | Project") -> Any:
        """What shows in a scope: a project also sees what its organisation shares (scoped rows only)."""
        from compliance.projects.models.project import Project

        return self.for_project(scope) if isinstance(scope, Project) else self.in_organisation(scope)

    def shared(self) -> Any:
        """Rows of the organisation that belong to no single project (scoped rows only)."""
        return self.filter(project__isnull=True)


class OrganisationRow(Tracked):
    """A record of the organisation."""

    organisation = models.ForeignKey("projects.Organisation", on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def stream(self) -> str:
        return f"organisation:{self.organisation_id}"


class ProjectRow(Tracked):
    """A record of one project; its reference is unique in the organisation."""

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def stream(self) -> str:
        return f"project:{self.project_id}"

    @property
    def reference_scope(self) -> str:
        return f"organisation:{self.project.organisation_id}"


class ScopedRow(Tracked):
    """A record of the organisation, or of one of its projects when `project` is set."""

    organisation = models.ForeignKey("projects.Organisation", on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def stream(self) -> str:
        return f"project:{self.project_id}" if self.project_id else f"organisation:{self.organisation_id}"

    @property
    def reference_scope(self) -> str:
        return f"organisation:{self.organisation_id}"
