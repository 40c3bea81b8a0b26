"""The view of the people concerned upon a risk: a scale, an owner of the opinion and exits of its own."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from dataflows import vocabulary
from risks.scales import PEOPLE_LIKELIHOOD, PEOPLE_SEVERITY, people_level

if TYPE_CHECKING:
    from compliance.accounts.models import User

ONE_TO_FOUR = [MinValueValidator(1), MaxValueValidator(4)]
FEARED = (
    ("illegitimate_access", "Illegitimate access to data"),
    ("unwanted_modification", "Unwanted change of data"),
    ("disappearance", "Disappearance of data"),
)
DESIGN = (
    ("excessive_collection", "Excessive collection"),
    ("function_creep", "Used for more than was said"),
    ("unlawful_basis", "No valid legal basis"),
    ("opaque_processing", "Opaque processing"),
    ("over_retention", "Kept too long"),
    ("blocked_rights", "Rights cannot be exercised"),
    ("unfair_profiling", "Unfair profiling"),
    ("discrimination", "Discrimination"),
    ("re_identification", "Re-identification"),
    ("tracking", "Tracking"),
    ("nudging_dark_pattern", "Dark patterns"),
    ("child_exposure", "Exposure of children"),
    ("chilling_effect", "People hold back because they are watched"),
)
HARMS = (
    ("discrimination", "Discrimination"),
    ("identity_theft", "Identity theft or fraud"),
    ("financial_loss", "Financial loss"),
    ("reputation", "Damage to reputation"),
    ("professional_secrecy", "Loss of professional secrecy"),
    ("re_identification", "Unauthorised re-identification"),
    ("loss_of_control", "Loss of control over their data"),
    ("disadvantage", "Other social or economic disadvantage"),
    ("physical_harm", "Physical harm"),
)
EVENTS = dict((*FEARED, *DESIGN))


def one_to_four(label: str) -> "models.PositiveSmallIntegerField[int | None, int | None]":
    """A value of the scale for people, or nothing."""
    return models.PositiveSmallIntegerField(label, null=True, blank=True, validators=ONE_TO_FOUR)


class Opinion(models.TextChoices):
    AGREES = "agrees", "Agrees"
    CONDITIONS = "conditions", "Agrees under conditions"
    OBJECTS = "objects", "Objects"


class PeopleRisk(models.Model):
    """What of a risk concerns people (GDPR recitals 75, 76; Art. 35(7)(c)). Never merged with the level."""

    class Origin(models.TextChoices):
        AS_DESIGNED = "as_designed", "The processing as it is designed"
        ACCIDENTAL = "accidental_or_unlawful", "An accident or something unlawful"

    privacy_event = models.CharField(
        "what people have to fear",
        max_length=24,
        blank=True,
        choices=[("Feared events", FEARED), ("Risks of the design", DESIGN)],
    )
    privacy_origin = models.CharField("where it comes from", max_length=24, blank=True, choices=Origin.choices)
    privacy_groups = models.JSONField("people concerned", default=list, blank=True)
    privacy_harms = models.JSONField("harm", default=list, blank=True)
    privacy_severity = one_to_four("severity for people")
    privacy_likelihood = one_to_four("likelihood for people")
    privacy_residual_severity = one_to_four("severity for people after treatment")
    privacy_residual_likelihood = one_to_four("likelihood for people after treatment")
    privacy_rationale = models.TextField("why, for the people concerned", blank=True)
    privacy_opinion = models.CharField(
        "opinion of the data protection officer", max_length=10, blank=True, choices=Opinion.choices, editable=False
    )
    privacy_opinion_words = models.TextField("opinion in words", blank=True, editable=False)
    privacy_opinion_by: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    privacy_opinion_at = models.DateTimeField("opinion given", null=True, blank=True, editable=False)
    privacy_deviation = models.TextField("why the opinion is not followed", blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def privacy_severity_name(self) -> str:
        return PEOPLE_SEVERITY.get(self.privacy_severity or 0, "")

    @property
    def privacy_likelihood_name(self) -> str:
        return PEOPLE_LIKELIHOOD.get(self.privacy_likelihood or 0, "")

    @property
    def privacy_level(self) -> str:
        """The level for people by the 4×4, or nothing."""
        return people_level(self.privacy_severity, self.privacy_likelihood)

    @property
    def privacy_residual_level(self) -> str:
        """The level for people that is left after treatment, or nothing."""
        return people_level(self.privacy_residual_severity, self.privacy_residual_likelihood)

    @property
    def privacy_event_name(self) -> str:
        return EVENTS.get(self.privacy_event, "")

    @property
    def privacy_harm_names(self) -> list[str]:
        known = dict(HARMS)
        return [known[code] for code in self.privacy_harms if code in known]

    @property
    def privacy_group_names(self) -> list[str]:
        return vocabulary.subject_labels(self.privacy_groups)
