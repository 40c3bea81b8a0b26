"""Breaches of personal data: every one is documented, notified or not (GDPR Art. 33(5))."""

from datetime import datetime
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from compliance.projects.models import Organisation, Project, ScopedQuerySet, ScopedRow
from dataflows import vocabulary
from risks.models.incident import Incident, case_address


class BreachState(models.TextChoices):
    SUSPECTED = "suspected", "Suspected"
    ASSESSING = "assessing", "Being assessed"
    CONFIRMED = "confirmed", "Confirmed"
    NOT_A_BREACH = "not_a_breach", "Not a breach"
    CONTAINED = "contained", "Contained"
    LESSONS = "lessons", "Lessons"
    CLOSED = "closed", "Closed"


BREACH_MOVES: dict[str, frozenset[str]] = {
    BreachState.SUSPECTED: frozenset({BreachState.ASSESSING}),
    BreachState.ASSESSING: frozenset({BreachState.CONFIRMED, BreachState.NOT_A_BREACH}),
    BreachState.CONFIRMED: frozenset({BreachState.CONTAINED, BreachState.NOT_A_BREACH}),
    BreachState.NOT_A_BREACH: frozenset({BreachState.ASSESSING}),
    BreachState.CONTAINED: frozenset({BreachState.LESSONS}),
    BreachState.LESSONS: frozenset({BreachState.CLOSED}),
    BreachState.CLOSED: frozenset({BreachState.ASSESSING}),
}
BREACH_OVER = frozenset({BreachState.CLOSED, BreachState.NOT_A_BREACH})
BREACH_SURE = frozenset({BreachState.CONFIRMED, BreachState.CONTAINED, BreachState.LESSONS, BreachState.CLOSED})


class BreachRisk(models.TextChoices):
    UNLIKELY = "unlikely", "A risk is unlikely"
    RISK = "risk", "A risk"
    HIGH_RISK = "high_risk", "A high risk"


class AuthorityState(models.TextChoices):
    UNDECIDED = "undecided", "Undecided"
    INITIAL = "initial", "Notified, to be completed"
    COMPLETE = "complete", "Notified in full"
    NOT_NOTIFIED = "not_notified", "Not notified"


AUTHORITY_MOVES: dict[str, frozenset[str]] = {
    AuthorityState.UNDECIDED: frozenset({AuthorityState.INITIAL, AuthorityState.COMPLETE, AuthorityState.NOT_NOTIFIED}),
    AuthorityState.INITIAL: frozenset({AuthorityState.COMPLETE}),
    AuthorityState.COMPLETE: frozenset(),
    AuthorityState.NOT_NOTIFIED: frozenset({AuthorityState.INITIAL, AuthorityState.COMPLETE}),
}


class PeopleState(models.TextChoices):
    UNDECIDED = "undecided", "Undecided"
    INFORMED = "informed", "Informed"
    EXEMPT = "exempt", "Not informed, exempt"
    NOT_NEEDED = "not_needed", "Not needed"


PEOPLE_MOVES: dict[str, frozenset[str]] = {
    PeopleState.UNDECIDED: frozenset({PeopleState.INFORMED, PeopleState.EXEMPT, PeopleState.NOT_NEEDED}),
    PeopleState.EXEMPT: frozenset({PeopleState.INFORMED}),
    PeopleState.NOT_NEEDED: frozenset({PeopleState.INFORMED, PeopleState.EXEMPT}),
    PeopleState.INFORMED: frozenset(),
}


class Exemption(models.TextChoices):
    UNINTELLIGIBLE = "a", "(a) the data is unintelligible to whoever has it"
    LATER_MEASURES = "b", "(b) later measures keep the high risk from coming about"
    DISPROPORTIONATE = "c", "(c) disproportionate effort, made public instead"


DPC = [(1, "1 simple"), (2, "2 behavioural"), (3, "3 financial"), (4, "4 sensitive")]
EI = [(25, "0.25 negligible"), (50, "0.50 limited"), (75, "0.75 significant"), (100, "1.00 maximum")]
CB = [(0, "0"), (25, "0.25"), (50, "0.50")]
STEPS = [MinValueValidator(0), MaxValueValidator(100)]


def points(label: str) -> "models.PositiveSmallIntegerField[int | None, int | None]":
    """A part of the ENISA sum in hundredths, so that it is whole."""
    return models.PositiveSmallIntegerField(label, null=True, blank=True, validators=STEPS)


class BreachQuerySet(ScopedQuerySet["Breach"]):
    """Questions about breaches."""

    def open(self) -> "BreachQuerySet":
        return self.exclude(state__in=BREACH_OVER)


class Breach(ScopedRow):
    """One breach of personal data within an incident; we may be controller in one and processor in another."""

    reference_prefix = "BR"
    reference_digits = 2

    class Role(models.TextChoices):
        CONTROLLER = "controller", "Controller"
        PROCESSOR = "processor", "Processor"

    class Intelligible(models.TextChoices):
        READABLE = "readable", "Readable"
        PARTLY = "partly", "Partly readable"
        UNINTELLIGIBLE = "unintelligible", "Unintelligible: encrypted, key not lost"

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="breaches")
    title = models.CharField(max_length=160)
    role = models.CharField("our role", max_length=10, choices=Role, default=Role.CONTROLLER)
    state = models.CharField(max_length=12, choices=BreachState, default=BreachState.SUSPECTED, editable=False)
    occurred_from = models.DateTimeField("began", null=True, blank=True)
    occurred_to = models.DateTimeField("ended", null=True, blank=True)
    aware_at = models.DateTimeField("aware", editable=False)
    aware_reason = models.TextField("why certain from then on", editable=False)
    confidentiality = models.BooleanField(default=False)
    integrity = models.BooleanField(default=False)
    availability = models.BooleanField(default=False)
    cause = models.TextField("how it came about", blank=True)
    subject_categories = models.JSONField("people concerned", default=list, blank=True)
    subjects_count = models.PositiveIntegerField(
        "number of people", null=True, blank=True, help_text="Empty: not known yet."
    )
    records_count = models.PositiveIntegerField(
        "number of records", null=True, blank=True, help_text="Empty: not known yet."
    )
    data_categories = models.JSONField("kinds of data", default=list, blank=True)
    special_categories = models.BooleanField("special categories or criminal matters (Art. 9, 10)", default=False)
    children = models.BooleanField("children among them", default=False)
    cross_border = models.BooleanField("people in several Member States", default=False)
    intelligible = models.CharField(
        "state of the data", max_length=16, choices=Intelligible, default=Intelligible.READABLE
    )
    protection = models.TextField("what protected it before", blank=True)
    consequences = models.TextField("likely consequences for people", blank=True)
    measures = models.TextField("what was done and is proposed", blank=True)
    dpo_involved = models.TextField("part the data protection officer took", blank=True)
    risk = models.CharField("risk to people", max_length=10, choices=BreachRisk, blank=True, editable=False)
    risk_reason = models.TextField("why", blank=True, editable=False)
    authority = models.CharField(
        max_length=14, choices=AuthorityState, default=AuthorityState.UNDECIDED, editable=False
    )
    authority_name = models.CharField("lead authority", max_length=160, blank=True)
    authority_reason = models.TextField(blank=True, editable=False)
    people = models.CharField(max_length=10, choices=PeopleState, default=PeopleState.UNDECIDED, editable=False)
    people_reason = models.TextField(blank=True, editable=False)
    exemption = models.CharField(max_length=1, choices=Exemption, blank=True, editable=False)
    message = models.TextField("message to the people", blank=True)
    message_channel = models.CharField("channel", max_length=120, blank=True, editable=False)
    informed_count = models.PositiveIntegerField("how many were told", null=True, blank=True, editable=False)
    informed_at = models.DateTimeField("told", null=True, blank=True, editable=False)
    lessons = models.TextField(blank=True)
    enisa_dpc = models.PositiveSmallIntegerField("kind of data (DPC)", choices=DPC, null=True, blank=True)
    enisa_ei = points("ease of identification (EI)")
    enisa_confidentiality = points("loss of confidentiality")
    enisa_integrity = points("loss of integrity")
    enisa_availability = points("loss of availability")
    enisa_malicious = models.BooleanField("done on purpose", default=False)

    objects = BreachQuerySet.as_manager()

    class Meta:
        ordering = ["-reference"]
        verbose_name_plural = "breaches"

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return case_address(self.scope, "breach", self.reference)

    @property
    def scope(self) -> Organisation | Project:
        return self.project or self.organisation

    @property
    def is_over(self) -> bool:
        return self.state in BREACH_OVER

    @property
    def nature(self) -> list[str]:
        """What of confidentiality, integrity and availability was lost."""
        return [name for name in ("confidentiality", "integrity", "availability") if getattr(self, name)]

    @property
    def subjects(self) -> list[str]:
        return vocabulary.subject_labels(self.subject_categories)

    @property
    def data(self) -> list[str]:
        known = vocabulary.categories()
        return [known[code].label if code in known else code for code in self.data_categories]

    @property
    def moments(self) -> dict[str, datetime]:
        """What clocks of the breach may run from; the year ends in UTC."""
        end = self.aware_at.replace(month=12, day=31, hour=12, minute=0, second=0, microsecond=0)
        return {"aware": self.aware_at, "discovered": self.aware_at, "suspected": self.aware_at, "year_end": end}

    @property
    def enisa(self) -> "Sum | None":
        """The severity by the ENISA method, once kind of data and ease of identification are said."""
        if not self.enisa_dpc or not self.enisa_ei:
            return None
        broken = (self.enisa_confidentiality, self.enisa_integrity, self.enisa_availability)
        return Sum(self.enisa_dpc, self.enisa_ei, sum(one or 0 for one in broken) + 50 * self.enisa_malicious)


class Sum:
    """SE = DPC × EI + CB (ENISA 2013). It supports the decision about the risk and never replaces it."""

    def __init__(self, dpc: int, ei: int, cb: int) -> None:
        self.dpc, self.ei, self.cb = dpc, Decimal(ei) / 100, Decimal(cb) / 100
        self.total = dpc * self.ei + self.cb

    @property
    def level(self) -> str:
        """Low below 2, medium below 3, high below 4, else very_high."""
        levels = ((Decimal(2), "low"), (Decimal(3), "medium"), (Decimal(4), "high"))
        return next((name for limit, name in levels if self.total < limit), "very_high")

    def __str__(self) -> str:
        return f"{self.dpc} × {self.ei:.2f} + {self.cb:.2f} = {self.total:.2f}"
