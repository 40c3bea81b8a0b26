"""Frameworks, their editions and what each edition asks.

Shipped catalogue rows belong to nobody: every organisation reads the same ones. A framework an organisation brought in
itself is its own and seen by nobody else; ask `visible_in(organisation)`. They carry identifiers and short titles; the
protected wording of a standard is each organisation's own (models/licensed_text.py).
"""

from datetime import date
from typing import Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Case, Count, F, Q, Value, When
from django.db.models.functions import Lower, Replace
from django.utils.dateformat import format as format_date

from compliance.ledger.models import INSTANCE, Tracked, TrackedQuerySet
from compliance.projects.models import Organisation

O = TypeVar("O", bound=Tracked)  # noqa: E741 - the rows of whoever owns them


class Provenance(models.TextChoices):
    PUBLISHED = "published", "published"
    SECONDARY = "secondary", "secondary"
    DERIVED = "derived", "derived"
    TEAM = "team", "team"


class Confidence(models.TextChoices):
    HIGH = "high", "high"
    MEDIUM = "medium", "medium"
    LOW = "low", "low"


class EditionStatus(models.TextChoices):
    CURRENT = "current", "current"
    SUPERSEDED = "superseded", "superseded"


class Level(models.TextChoices):
    CLAUSE = "clause", "clause"
    CONTROL = "control", "control"
    OBJECTIVE = "objective", "objective"
    GUIDANCE = "guidance", "guidance"
    PRINCIPLE = "principle", "principle"
    ARTICLE = "article", "article"
    PARAGRAPH = "paragraph", "paragraph"
    POINT = "point", "point"
    STANDARD = "standard", "standard"
    SPECIFICATION = "specification", "implementation specification"
    REQUIREMENT = "requirement", "principal requirement"
    SUB_REQUIREMENT = "sub-requirement", "requirement"
    RULE = "rule", "store rule"


class PiiRole(models.TextChoices):
    CONTROLLER = "controller", "controllers"
    PROCESSOR = "processor", "processors"
    BOTH = "both", "controllers and processors"


class Platform(models.TextChoices):
    IOS = "ios", "iOS"
    ANDROID = "android", "Android"


class Relevance(models.TextChoices):
    HIGH = "high", "high"
    MEDIUM = "medium", "medium"
    LOW = "low", "low"
    CONDITIONAL = "conditional", "only for some apps"
    NONE = "none", "none"


class Obligation(models.TextChoices):
    REQUIRED = "required", "required"
    ADDRESSABLE = "addressable", "addressable"


class Wording(models.TextChoices):
    OFFICIAL = "official", "official name"
    OWN = "own", "our own words"


MOST_WORDS = 12  # a search of hundreds would be deeper than a database parses
# Words auditors, engineers and lawyers use for one thing: a search for one finds titles with the other.
SAME_WORDS = (
    ("encrypt", "cryptograph"),
    ("vendor", "supplier"),
    ("breach", "incident"),
    ("password", "authenticat"),
    ("erasure", "deletion", "disposal"),
    ("training", "awareness"),
    ("subject", "principal"),
)
FACT_LABELS = {
    "new": "Edition",
    "amended": "Amended by",
    "alternative": "One of the alternatives of",
    "artefact": "Shows in",
    "objective": "Objective",
    "applies": "Applies to",
    "profile": "Testing profile",
    "note": "Note",
}


class CatalogueRow(Tracked):
    """A row every organisation shares; its history belongs to the installation."""

    installation_wide = True

    class Meta:
        abstract = True

    @property
    def stream(self) -> str:
        return INSTANCE


class Sourced(CatalogueRow):
    """A catalogue row that says where it comes from and how sure we are."""

    source = models.CharField(max_length=200)
    provenance = models.CharField(max_length=12, choices=Provenance)
    confidence = models.CharField(max_length=8, choices=Confidence)

    class Meta:
        abstract = True


class OwnedQuerySet(TrackedQuerySet[O]):
    """Rows of frameworks everybody reads, and of those an organisation brought in for itself."""

    def visible_in(self, organisation: Organisation | UUID) -> Self:
        """The shared ones and the organisation's own; another organisation's are never found."""
        return self.filter(Q(owner__isnull=True) | Q(owner=organisation))


class Owned(models.Model):
    """Of one organisation, which brought the framework in for itself; of nobody when it was shipped."""

    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        abstract = True


class Framework(Owned, CatalogueRow):
    """A standard, law or rule book over all its editions, such as ISO/IEC 27701."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    publisher = models.CharField(max_length=100)
    subject = models.CharField(max_length=200)

    objects = OwnedQuerySet["Framework"].as_manager()

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name


class EditionQuerySet(OwnedQuerySet["Edition"]):
    def with_counts(self) -> Self:
        """Add `requirement_count` and `assessable_count` of the rows in force."""
        live = Q(requirements__retired_at__isnull=True)
        return self.annotate(
            requirement_count=Count("requirements", filter=live),
            assessable_count=Count("requirements", filter=live & Q(requirements__assessable=True)),
        ).order_by("position", "key")


class Edition(Owned, Sourced):
    """One edition of a framework, such as ISO/IEC 27701:2025; requirements and mappings hang on editions."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="editions")
    key = models.SlugField(max_length=60, unique=True)
    label = models.CharField(max_length=60, help_text="How the edition is cited.")
    title = models.CharField(max_length=255)
    published = models.CharField(max_length=10, help_text="Year, month or day, as far as known.")
    status = models.CharField(max_length=12, choices=EditionStatus, default=EditionStatus.CURRENT)
    licence = models.TextField()
    rule = models.TextField(help_text="Which rows are assessed.")
    notes = models.JSONField(default=list, blank=True)
    position = models.PositiveIntegerField(default=0)

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.label

    @property
    def published_words(self) -> str:
        """27 Apr 2016, Oct 2022 or 2026, as far as known."""
        year, month, day = (*map(int, self.published.split("-")), 0, 0)[:3]
        if not month:
            return str(year)
        return format_date(date(year, month, day or 1), "j M Y" if day else "M Y")

    @property
    def is_superseded(self) -> bool:
        return self.status == EditionStatus.SUPERSEDED


class RequirementGroup(Owned, CatalogueRow):
    """A chapter, clause or annex table of an edition; `part` is what stands above it ("Annex A", "Table A.1")."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="groups")
    ref = models.CharField(max_length=60)
    title = models.CharField(max_length=170)
    part = models.CharField(max_length=60, blank=True)
    position = models.PositiveIntegerField(default=0)

    objects = TrackedQuerySet.as_manager()

    class Meta:
        ordering = ["edition", "position"]
        constraints = [models.UniqueConstraint(fields=["edition", "ref"], name="group_ref_once_per_edition")]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"


def same_words(word: str) -> list[str]:
    """The word, and the stems of what others say for it."""
    said = [words for words in SAME_WORDS if word.lower().startswith(words)]
    return [word, *(other for words in said for other in words if not word.lower().startswith(other))]


class RequirementQuerySet(OwnedQuerySet["Requirement"]):
    def live(self) -> Self:
        """Rows the catalogue still carries."""
        return self.filter(retired_at__isnull=True)

    def assessable(self) -> Self:
        return self.filter(assessable=True)

    def in_edition(self, edition: Edition) -> Self:
        return self.filter(edition=edition)

    def for_role(self, role: str) -> Self:
        """What binds a controller or a processor: its own rows, those of both, and rows that name no role."""
        return self.filter(pii_role__in=["", PiiRole.BOTH, role])

    def matching(self, words: str) -> Self:
        """Rows whose number contains the whole query, or that contain every word of it; the nearest number first."""
        number = "".join(words.lower().split())
        every_word = Q()
        for word in words.split()[:MOST_WORDS]:
            in_place = Q(ref__icontains=word) | Q(edition__label__icontains=word) | Q(group__title__icontains=word)
            for said in same_words(word):
                in_place |= Q(title__icontains=said) | Q(summary__icontains=said)
            every_word &= in_place
        nearness = Case(
            When(number=number, then=0),
            When(number__startswith=number, then=1),
            When(number__contains=number, then=2),
            default=3,
            output_field=models.SmallIntegerField(),
        )
        return (
            self.annotate(number=Replace(Lower(F("ref")), Value(" "), Value("")))
            .filter(Q(number__contains=number) | every_word)
            .annotate(nearness=nearness)
            .order_by("nearness", "edition__position", "edition__key", "position")
        )


class Requirement(Owned, Sourced):
    """A clause, control, article or rule of an edition: its number and a short title, never its text."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="requirements")
    group = models.ForeignKey(RequirementGroup, on_delete=models.PROTECT, related_name="requirements")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    ref = models.CharField(max_length=60)
    title = models.CharField(max_length=170)
    summary = models.CharField(max_length=300, blank=True, help_text="What it asks, in our own words.")
    wording = models.CharField(max_length=8, choices=Wording, help_text="Whose words the title is in.")
    level = models.CharField(max_length=16, choices=Level)
    assessable = models.BooleanField(help_text="False for headings and rows kept for context.")
    pii_role = models.CharField(max_length=12, choices=PiiRole, blank=True)
    platform = models.CharField(max_length=8, choices=Platform, blank=True)
    relevance = models.CharField(max_length=12, choices=Relevance, blank=True, help_text="For makers of mobile apps.")
    obligation = models.CharField(max_length=12, choices=Obligation, blank=True)
    documented = models.BooleanField(default=False, help_text="The standard asks for documented information.")
    url = models.URLField(max_length=200, blank=True)
    corresponds = models.JSONField(default=dict, blank=True, help_text="Numbers of the same item elsewhere, by name.")
    facts = models.JSONField(default=dict, blank=True)
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = RequirementQuerySet.as_manager()

    class Meta:
        ordering = ["edition", "position"]
        constraints = [models.UniqueConstraint(fields=["edition", "ref"], name="requirement_ref_once_per_edition")]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    @property
    def citation(self) -> str:
        """How the row is cited outside its edition: "ISO/IEC 27001:2022 A.8.24"."""
        return f"{self.edition.label} {self.ref}"

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None

    @property
    def labelled_facts(self) -> list[tuple[str, str]]:
        return [(FACT_LABELS[key], value) for key, value in self.facts.items() if key in FACT_LABELS]
