"""The register: what could happen, to whom it belongs, where it stands."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Case, IntegerField, OuterRef, Prefetch, Q, Subquery, Value, When

from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation, Project, ScopedQuerySet, ScopedRow
from compliance.ui.addresses import filled
from risks.models.method import Level
from risks.models.people import PeopleRisk
from risks.scales import threats

if TYPE_CHECKING:
    from compliance.accounts.models import User
    from risks.models.positions import RiskPosition
    from risks.models.treatment import RiskTreatment


class RiskQuerySet(ScopedQuerySet["Risk"]):
    """Questions about risks."""

    def in_scope(self, scope: Organisation | Project) -> "RiskQuerySet":
        """The risks whose pages stand under this scope: a project's own, or those of the whole organisation."""
        if isinstance(scope, Project):
            return self.in_project(scope)
        return self.in_organisation(scope).shared()

    def reaching(self, scope: Organisation | Project) -> "RiskQuerySet":
        """What the register of a scope shows: a project's own risks, or everything in the organisation.

        Risks of the whole organisation stay with it: people of one project are guests there and do not read them.
        """
        return self.in_project(scope) if isinstance(scope, Project) else self.in_organisation(scope)

    def seen_by(self, user: "User", at: datetime | None = None) -> "RiskQuerySet":
        """Without the risks of projects the person may not know of."""
        return self.filter(Q(project=None) | Q(project__in=Project.objects.visible_to(user, at)))

    def open(self) -> "RiskQuerySet":
        return self.exclude(state=Risk.State.CLOSED)

    def overdue(self, today: date | None = None) -> "RiskQuerySet":
        """Open and past their review, or marked for one."""
        day = today or now_read().date()
        return self.open().filter(Q(next_review_date__lt=day) | Q(state=Risk.State.REVIEW_DUE))

    def at_level(self, *levels: str) -> "RiskQuerySet":
        """With one of these current levels."""
        return self.filter(positions__kind="current", positions__level__in=levels)

    def weighed(self) -> "RiskQuerySet":
        """With `current_level`, `current_rank` and the levels of the other positions, to sort and filter by."""
        found = self.annotate(**{f"{kind}_level": _level_of(kind) for kind in ("inherent", "current", "residual")})
        return found.annotate(current_rank=_rank_of("current"))

    def with_positions(self) -> "RiskQuerySet":
        from risks.models.positions import RiskPosition

        positions = RiskPosition.objects.select_related("method", "assessor")
        return self.select_related("owner", "project", "organisation").prefetch_related(
            Prefetch("positions", queryset=positions)
        )


def _positions(kind: str) -> Any:
    from risks.models.positions import RiskPosition

    return RiskPosition.objects.filter(risk=OuterRef("pk"), kind=kind).order_by()


def _level_of(kind: str) -> Subquery:
    return Subquery(_positions(kind).values("level")[:1])


def _rank_of(kind: str) -> Subquery:
    ranks = [When(level=level.value, then=Value(level.rank)) for level in Level]
    rank = Case(*ranks, default=None, output_field=IntegerField())
    return Subquery(_positions(kind).annotate(rank=rank).values("rank")[:1])


class Risk(PeopleRisk, ScopedRow):
    """One scenario of the register, of a project or of the whole organisation (ISO/IEC 27001 6.1.2 c; 27005 7.2).

    The level for the organisation stands in the positions; harm to people is judged on a scale of its own.
    """

    reference_prefix = "R"
    reference_digits = 3

    class Approach(models.TextChoices):
        EVENT = "event", "Event: who wants what, and what happens"
        ASSET = "asset", "Asset: what is weak, and what it exposes"

    class Source(models.TextChoices):
        CRIMINAL = "criminal", "Criminal"
        INSIDER = "insider", "Insider"
        COMPETITOR = "competitor", "Competitor"
        STATE = "state", "State"
        HACKTIVIST = "hacktivist", "Hacktivist"
        USER_ERROR = "user_error", "Error of a user"
        STAFF_ERROR = "staff_error", "Error of staff"
        SUPPLIER = "supplier", "Supplier"
        FAILURE = "failure", "Technical failure"
        NATURE = "nature", "Nature"

    class State(models.TextChoices):
        IDENTIFIED = "identified", "Identified"
        ANALYSED = "analysed", "Analysed"
        EVALUATED = "evaluated", "Evaluated"
        TREATMENT_PLANNED = "treatment_planned", "Treatment planned"
        IN_TREATMENT = "in_treatment", "In treatment"
        MONITORED = "monitored", "Monitored"
        REVIEW_DUE = "review_due", "Review due"
        CLOSED = "closed", "Closed"

    class ClosedBecause(models.TextChoices):
        SOURCE_GONE = "source_gone", "The source is gone"
        AVOIDED = "avoided", "What caused it was stopped"
        MERGED = "merged", "It is part of another risk"
        OUT_OF_SCOPE = "out_of_scope", "It is outside the scope"

    title = models.CharField(max_length=160, help_text="What happens, in a few words.")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="children", null=True, blank=True, verbose_name="part of"
    )
    lower_because = models.TextField("why it is lower than a part of it", blank=True)
    approach = models.CharField(max_length=10, choices=Approach.choices, default=Approach.EVENT)
    weakness = models.CharField("because of", max_length=300)
    source = models.CharField("who or what", max_length=200)
    event = models.CharField("could", max_length=300)
    consequence = models.CharField("leading to", max_length=300)
    risk_source = models.CharField("kind of source", max_length=12, choices=Source.choices)
    threat = models.CharField(max_length=4, blank=True)
    confidentiality = models.BooleanField(default=False)
    integrity = models.BooleanField(default=False)
    availability = models.BooleanField(default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="risks", null=True, blank=True
    )
    state = models.CharField(max_length=20, choices=State.choices, default=State.IDENTIFIED, editable=False)
    closed_because = models.CharField(max_length=12, choices=ClosedBecause.choices, blank=True, editable=False)
    flagged_from = models.CharField("state before the review", max_length=20, blank=True, editable=False)
    next_review_date = models.DateField("next review", null=True, blank=True)
    reviewed_at = models.DateTimeField("last looked at", null=True, blank=True, editable=False)

    treatment_rows: "list[RiskTreatment]"  # of a list

    objects = RiskQuerySet.as_manager()

    class Meta:
        ordering = ["reference"]
        indexes = [
            models.Index(fields=["organisation", "state"], name="risks_risk_by_state"),
            models.Index(fields=["project", "state"], name="risks_risk_by_project"),
        ]
        constraints = [models.UniqueConstraint(fields=["organisation", "reference"], name="risks_risk_reference")]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return self.address("risk")

    def address(self, name: str, *args: Any) -> str:
        """The address of one of the risk's pages; each stands under the project or under the organisation."""
        if self.project is not None:
            return filled(f"risks:{name}", self.project.slug, self.reference, *args)
        return filled(f"risks:organisation_{name}", self.organisation.slug, self.reference, *args)

    @property
    def scope(self) -> Organisation | Project:
        return self.project or self.organisation

    @property
    def statement(self) -> str:
        """The scenario as one sentence."""
        parts = (text.strip().rstrip(".") for text in (self.weakness, self.source, self.event, self.consequence))
        return "Because of {}, {} could {}, leading to {}.".format(*parts)

    @property
    def affects(self) -> str:
        """C, I and A as far as they are touched."""
        return " ".join(name[0].upper() for name in AFFECTED if getattr(self, name))

    @property
    def threat_name(self) -> str:
        return threats()[self.threat]["name"] if self.threat in threats() else ""

    @property
    def is_closed(self) -> bool:
        return self.state == self.State.CLOSED

    def position(self, kind: str) -> "RiskPosition | None":
        """The position of a kind; reads the prefetched ones when there are any."""
        return next((one for one in self.positions.all() if one.kind == kind), None)

    @property
    def current(self) -> "RiskPosition | None":
        return self.position("current")

    def review_overdue(self, today: date | None = None) -> bool:
        """Whether a review is late or asked for."""
        if self.is_closed:
            return False
        day = today or now_read().date()
        return self.state == self.State.REVIEW_DUE or (
            self.next_review_date is not None and self.next_review_date < day
        )


AFFECTED = ("confidentiality", "integrity", "availability")
