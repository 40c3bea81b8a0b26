"""The scope of the management systems: stated in versions, approved, with the projects it holds (4.3)."""

from typing import Any

from django.conf import settings
from django.db import models

from compliance.approvals.models import Approval
from compliance.projects.models import OrganisationRow, Project, ScopedQuerySet
from controls.addresses import address


class ScopeState(models.TextChoices):
    DRAFT = "draft", "Draft"
    REVIEW = "review", "In review"
    APPROVED = "approved", "Approved"
    SUPERSEDED = "superseded", "Superseded"


SCOPE_MOVES: dict[str, frozenset[str]] = {
    ScopeState.DRAFT: frozenset({ScopeState.REVIEW}),
    ScopeState.REVIEW: frozenset({ScopeState.APPROVED, ScopeState.DRAFT}),
    ScopeState.APPROVED: frozenset({ScopeState.SUPERSEDED}),
    ScopeState.SUPERSEDED: frozenset(),
}


class ScopeStatementQuerySet(ScopedQuerySet["ScopeStatement"]):
    """Questions about the scope."""

    def in_force(self) -> "ScopeStatementQuerySet":
        return self.filter(state=ScopeState.APPROVED)


class ScopeStatement(OrganisationRow):
    """One version of the scope: what it holds, where it ends, and what it leaves out with which reason.

    ISO/IEC 27001 4.3; ISO/IEC 27701 4.3 asks for our roles with personal data besides.
    """

    reference_prefix = "SC"
    reference_digits = 3

    state = models.CharField(max_length=12, choices=ScopeState, default=ScopeState.DRAFT)
    statement = models.TextField("scope in one paragraph", help_text="As it stands on the certificate.")
    boundaries = models.TextField(blank=True, help_text="Organisational units, activities, systems.")
    sites = models.TextField(blank=True, help_text="Places, and virtual ones: remote work, cloud accounts.")
    interfaces = models.TextField(
        "interfaces and dependencies", blank=True, help_text="What others do for us, and we for them."
    )
    exclusions = models.TextField(blank=True, help_text="What is left out, and why it may be.")
    pii_roles = models.TextField(
        "our roles with personal data", blank=True, help_text="Controller, processor, for what."
    )
    summary = models.CharField("what changed", max_length=300)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    review_date = models.DateField("next review", null=True, blank=True)

    objects = ScopeStatementQuerySet.as_manager()

    class Meta:
        ordering = ["-reference"]

    def __str__(self) -> str:
        return f"{self.reference} Scope"

    def get_absolute_url(self) -> str:
        return address(self.organisation, "scope_version", self.reference)

    def facts(self) -> dict[str, Any]:
        """What an approval covers."""
        texts = ("statement", "boundaries", "sites", "interfaces", "exclusions", "pii_roles")
        projects = sorted(link.project.slug for link in self.projects.select_related("project"))
        return {"reference": self.reference, **{name: getattr(self, name) for name in texts}, "projects": projects}


class ScopeProject(OrganisationRow):
    """That a version of the scope holds a project."""

    scope = models.ForeignKey(ScopeStatement, on_delete=models.CASCADE, related_name="projects")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "project"], name="controls_scope_project")]

    def __str__(self) -> str:
        return f"{self.scope.reference} – {self.project}"
