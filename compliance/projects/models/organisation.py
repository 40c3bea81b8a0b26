"""The organisation whose management systems these are."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from compliance.ledger.models import Tracked, TrackedQuerySet
from compliance.ui.addresses import filled

if TYPE_CHECKING:
    from compliance.accounts.models import User

VERBS = ("view", "edit", "approve", "manage")
VISIT = "visit_organisation"  # of those who work in one of its projects only


class OrganisationQuerySet(TrackedQuerySet["Organisation"]):
    """Which organisations a person may know of."""

    def visible_to(self, user: "User", at: datetime | None = None) -> "OrganisationQuerySet":
        """Those in which the person holds a permission at `at` (now by default)."""
        from compliance.projects.models.membership import OrganisationPermission

        held = OrganisationPermission.objects.filter(content_object=OuterRef("pk"), user=user).valid(
            at or timezone.now()
        )
        return self.filter(Exists(held))


class Organisation(Tracked):
    """The controller or processor that keeps an ISMS (ISO 27001 4.3) and a PIMS (ISO 27701)."""

    personal_fields: ClassVar[frozenset[str]] = frozenset(
        {"contact_email", "dpo_name", "dpo_contact", "eu_representative", "uk_representative", "checkpoint_addresses"}
    )

    beside = ("name", "slug")

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    legal_name = models.CharField(max_length=160, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166 code of the seat, e.g. DE.")
    address = models.CharField(max_length=250, blank=True)
    contact_email = models.EmailField(blank=True)
    scope_statement = models.TextField(blank=True, help_text="What the management systems cover (ISO 27001 4.3).")
    dpo_name = models.CharField("data protection officer", max_length=120, blank=True)
    dpo_contact = models.CharField("contact of the data protection officer", max_length=160, blank=True)
    eu_representative = models.CharField(
        max_length=200, blank=True, help_text="GDPR Art. 27, when there is no seat in the EU."
    )
    uk_representative = models.CharField(max_length=200, blank=True)
    checkpoint_addresses = models.TextField(
        "who gets the ledger's checkpoints",
        blank=True,
        help_text="One mail address a line: an auditor's, the data protection officer's. They get the signed state of "
        "the change history every week and whenever a pack is issued, and can hold it against us later.",
    )
    dpia_threshold = models.PositiveSmallIntegerField(
        "criteria that make an impact assessment required",
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
        help_text="Of the nine of the data protection authorities; a case of GDPR Art. 35(3) always does.",
    )
    demonstration = models.BooleanField(default=False, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        default_permissions = ()
        permissions = [(f"{verb}_organisation", f"{verb} the organisation") for verb in (*VERBS, "visit")]

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        return f"organisation:{self.pk}"

    def get_absolute_url(self) -> str:
        return filled("projects:organisation", self.slug)
