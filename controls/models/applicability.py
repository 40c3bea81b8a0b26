"""The statement of applicability: what of an edition applies to us, why, and by what it is met (ISO 27001 6.1.3 d)."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from compliance.approvals.models import Approval
from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation, Project, ScopedQuerySet, ScopedRow
from controls.addresses import address

from .catalogue import Edition, PiiRole, Requirement
from .control import Implementation


class Code(models.TextChoices):
    """Why a control is included."""

    RISK = "RA", "Risk assessment"
    LAW = "LR", "Legal or regulatory"
    CONTRACT = "CO", "Contractual"
    PRACTICE = "BR", "Business requirement or best practice"


CODES = tuple(Code.values)


def once_per_scope(name: str, *fields: str) -> list[models.BaseConstraint]:
    """The fields are unique in a project, and among the organisation's own rows."""
    return [
        models.UniqueConstraint(
            fields=["project", *fields], condition=Q(project__isnull=False), name=f"controls_{name}_project"
        ),
        models.UniqueConstraint(
            fields=["organisation", *fields], condition=Q(project__isnull=True), name=f"controls_{name}_organisation"
        ),
    ]


class Statement(ScopedRow):
    """That a scope keeps a statement of applicability for an edition (ISO 27001 6.1.3 d, ISO 27701 by role)."""

    reference_prefix = "SOA"
    reference_digits = 3

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="statements")
    pii_role = models.CharField("role", max_length=12, choices=PiiRole, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    review_date = models.DateField("next review", null=True, blank=True)

    class Meta:
        ordering = ["edition__position", "edition__key"]
        constraints = once_per_scope("statement", "edition")

    def __str__(self) -> str:
        return f"{self.reference} {self.edition.label}"

    def get_absolute_url(self) -> str:
        return address(self.project or self.organisation, "statement", self.edition.key)


class StatementVersion(ScopedRow):
    """A statement as a whole, put before somebody for approval; the certificate quotes its number."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="+")
    included_count = models.PositiveIntegerField()
    excluded_count = models.PositiveIntegerField()

    class Meta:
        ordering = ["statement", "-number"]
        constraints = [models.UniqueConstraint(fields=["statement", "number"], name="controls_statement_version")]

    def __str__(self) -> str:
        return f"{self.statement.reference} v{self.number}"


def holding_on(day: date) -> Q:
    """Which decisions count on a day: one that rests on an exception lapses with it."""
    return Q(holds_until__isnull=True) | Q(holds_until__gte=day)


class ApplicabilityQuerySet(ScopedQuerySet["Applicability"]):
    """Questions about what applies where."""

    def effective(self, scope: Organisation | Project, on: date | None = None) -> "ApplicabilityQuerySet":
        """What holds in a scope on a day: the organisation's decisions, and in a project its own where it has some."""
        if isinstance(scope, Organisation):
            return self.filter(organisation=scope, project__isnull=True)
        holds = holding_on(on or now_read().date())
        own = Applicability.objects.filter(holds, project=scope, requirement=OuterRef("requirement"))
        return self.filter(
            (Q(project=scope) & holds) | (Q(project__isnull=True) & ~Exists(own)), organisation_id=scope.organisation_id
        )

    def of_edition(self, edition: Edition) -> "ApplicabilityQuerySet":
        return self.filter(requirement__edition=edition)

    def included(self) -> "ApplicabilityQuerySet":
        return self.filter(included=True)


class Applicability(ScopedRow):
    """Whether one requirement applies, and why (ISO 27001 6.1.3 d).

    The organisation decides; a project has a row of its own only where it adds, and says why, or leaves out what its
    organisation includes: then it rests on an exception (`Deviation`) and holds until its last day.
    """

    reference_prefix = "SA"

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="applicabilities")
    included = models.BooleanField("applies", default=True)
    codes = models.CharField("reasons for inclusion", max_length=11, blank=True, help_text="e.g. RA LR.")
    justification = models.TextField("justification for inclusion", blank=True)
    exclusion_reason = models.TextField("justification for exclusion", blank=True)
    deviation_reason = models.TextField("why the project decides for itself", blank=True)
    holds_until = models.DateField("last day of the exception", null=True, blank=True, editable=False)
    implementation = models.ForeignKey(
        Implementation, on_delete=models.PROTECT, related_name="applicabilities", null=True, blank=True
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    objects = ApplicabilityQuerySet.as_manager()

    class Meta:
        ordering = ["requirement__edition", "requirement__position"]
        verbose_name_plural = "applicability"
        constraints = once_per_scope("applicability", "requirement")

    def __str__(self) -> str:
        return f"{self.reference} {self.requirement}"

    def get_absolute_url(self) -> str:
        asked = self.requirement
        return address(self.project or self.organisation, "row", asked.edition.key, asked.ref)

    def holds_on(self, day: date) -> bool:
        """Whether the decision counts on a day."""
        return self.holds_until is None or self.holds_until >= day

    @property
    def code_list(self) -> list[str]:
        """The reasons for inclusion, in the order of `Code`."""
        held = self.codes.split()
        return [code for code in CODES if code in held]

    def decision(self) -> dict[str, Any]:
        """What is decided: the fields a project copies when it deviates, and an approval covers."""
        return {
            "included": self.included,
            "codes": self.codes,
            "justification": self.justification,
            "exclusion_reason": self.exclusion_reason,
            "implementation_id": self.implementation_id,
            "owner_id": self.owner_id,
        }
