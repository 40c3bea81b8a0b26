"""Everybody outside the organisation who touches personal data."""

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from compliance.approvals.snapshot import facts_of
from compliance.projects.models import OrganisationRow, ScopedQuerySet
from compliance.ui.addresses import filled
from dataflows import vocabulary

if TYPE_CHECKING:
    from compliance.projects.models import Organisation, Project
    from dataflows.models.contract import Contract


class PartyQuerySet(ScopedQuerySet["Party"]):
    """Questions about parties."""

    def processors(self) -> "PartyQuerySet":
        return self.filter(role__in=Party.CONTRACTED)

    def working(self) -> "PartyQuerySet":
        """Those whose relation has not ended."""
        return self.exclude(state=Party.State.ENDED)

    def without_contract(self, on: date) -> "PartyQuerySet":
        """Processors at work with no contract in force on a day (GDPR Art. 28(3))."""
        from dataflows.models.contract import Contract  # a contract knows its party, not the other way round

        held = Contract.objects.of_processing().in_force(on).filter(party=OuterRef("pk"))
        return self.processors().working().exclude(Exists(held)).exclude(self.engaged_by_others())

    @staticmethod
    def engaged_by_others() -> Q:
        """Sub-processors on the list of a processor, whose contract is with that one (GDPR Art. 28(4))."""
        from dataflows.models.supplier import Engagement

        listed = Engagement.objects.filter(sub_processor=OuterRef("pk"), ended_date__isnull=True)
        return Q(Exists(listed), role=Party.Role.SUB_PROCESSOR)

    def complete(self) -> "PartyQuerySet":
        """With what its facts are made of: contracts and sub-processors."""
        return self.select_related("organisation").prefetch_related("contracts", "engages__sub_processor")

    def in_flows_of(self, project: "Project") -> "PartyQuerySet":
        """Parties that stand on the project's flow map."""
        return self.filter(nodes__project=project).distinct()


class Party(OrganisationRow):
    """A processor, recipient or other controller (GDPR Art. 4(7) to 4(9), 26, 28)."""

    reference_prefix = "PA"
    reference_digits = 3
    personal_fields: ClassVar[frozenset[str]] = frozenset({"contact"})

    class Role(models.TextChoices):
        PROCESSOR = "processor", "Processor"
        SUB_PROCESSOR = "sub_processor", "Sub-processor"
        JOINT_CONTROLLER = "joint_controller", "Joint controller"
        CONTROLLER = "controller", "Controller we work for"
        RECIPIENT = "recipient", "Recipient"

    class Tier(models.IntegerChoices):
        CRITICAL = 1, "1, the service stops without it"
        IMPORTANT = 2, "2, it holds personal data"
        MINOR = 3, "3, little or none"

    class Left(models.TextChoices):
        RETURNED = "returned", "Returned to us"
        DELETED = "deleted", "Deleted"
        BOTH = "both", "Returned, then deleted"
        NOTHING = "nothing", "It held nothing of ours"

    class State(models.TextChoices):
        REQUESTED = "requested", "Requested"
        DUE_DILIGENCE = "due_diligence", "Due diligence"
        CONTRACT = "contract", "Contract"
        TRANSFER_ASSESSMENT = "transfer_assessment", "Transfer assessment"
        APPROVED = "approved", "Approved"
        ACTIVE = "active", "Active"
        REVIEW_DUE = "review_due", "Review due"
        OFFBOARDING = "offboarding", "Offboarding"
        ENDED = "ended", "Ended"

    CONTRACTED = (Role.PROCESSOR, Role.SUB_PROCESSOR)
    MOVES = {
        State.REQUESTED: (State.DUE_DILIGENCE, State.ENDED),
        State.DUE_DILIGENCE: (State.CONTRACT, State.ENDED),
        State.CONTRACT: (State.TRANSFER_ASSESSMENT, State.APPROVED, State.ENDED),
        State.TRANSFER_ASSESSMENT: (State.APPROVED, State.ENDED),
        State.APPROVED: (State.ACTIVE, State.OFFBOARDING),
        State.ACTIVE: (State.REVIEW_DUE, State.OFFBOARDING),
        State.REVIEW_DUE: (State.ACTIVE, State.OFFBOARDING),
        State.OFFBOARDING: (State.ENDED,),
        State.ENDED: (),
    }

    name = models.CharField(max_length=120, help_text="The legal name, e.g. Meterly Analytics SAS.")
    country = models.CharField("country of its seat", max_length=2, choices=vocabulary.country_choices)
    parent_country = models.CharField(
        "country of its parent company",
        max_length=2,
        blank=True,
        choices=vocabulary.country_choices,
        help_text="Only when it differs. A parent outside the EEA matters for the transfer assessment.",
    )
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.PROCESSOR)
    service = models.CharField(max_length=200, help_text="What it does for us, e.g. crash reporting.")
    tier = models.PositiveSmallIntegerField(null=True, blank=True, choices=Tier.choices)
    contact = models.CharField(
        max_length=200, blank=True, help_text="Whom to write to about data protection, with address."
    )
    due_diligence = models.TextField(
        blank=True, help_text="What shows that it gives sufficient guarantees: certificates, answers, tests."
    )
    framework_until_date = models.DateField(
        "certified under the EU-US framework until",
        null=True,
        blank=True,
        help_text="Only for companies in the United States: the end of its certification on the public list.",
    )
    is_cloud = models.BooleanField(
        "cloud service",
        default=False,
        help_text="Duties are shared with it: keep the matrix of ISO/IEC 27017 and 27018.",
    )
    exit_plan = models.TextField(
        blank=True, help_text="How we get out: to whom we could go, how the data comes back, how long that takes."
    )
    sdks = models.TextField(
        "its parts inside our apps (SDKs)",
        blank=True,
        help_text="One a line, as your developers call them: com.adspire, AdspireKit, @adspire/react-native. "
        "They are how a build shows that this company is in the app.",
    )
    domains = models.TextField(
        "its servers the app talks to",
        blank=True,
        help_text="One a line, without https://, e.g. api.meterly.example. What stands below a name counts, too.",
    )
    notes = models.TextField(blank=True)
    review_date = models.DateField("next review", null=True, blank=True, editable=False)
    exit_done = models.CharField("what became of the data", max_length=10, blank=True, choices=Left.choices)
    exit_date = models.DateField("confirmed on", null=True, blank=True)
    exit_proof = models.CharField(
        "proof", max_length=200, blank=True, help_text="The confirmation and where it is kept, e.g. EV-0117."
    )
    state = models.CharField(max_length=20, choices=State.choices, default=State.REQUESTED, editable=False)
    authors = models.JSONField(default=list, editable=False)

    objects = PartyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "parties"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                name="dataflows_party_name",
                violation_error_message="There is a party of this name already: open that one.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return filled("dataflows:party", self.organisation.slug, self.reference)

    @property
    def scope(self) -> "Organisation":
        """What its approval belongs to."""
        return self.organisation

    @property
    def next_states(self) -> list["Party.State"]:
        return list(self.MOVES[self.State(self.state)])

    @property
    def needs_contract(self) -> bool:
        """Whether GDPR Art. 28(3) asks for a contract."""
        return self.role in self.CONTRACTED

    @property
    def needs_arrangement(self) -> bool:
        """Whether GDPR Art. 26 asks for an arrangement."""
        return self.role == self.Role.JOINT_CONTROLLER

    @property
    def contract_list(self) -> list["Contract"]:
        """Its contracts: those read beside it (`contract_rows` of a moment), or those of today."""
        known: list[Contract] | None = self.__dict__.get("contract_rows")
        return list(self.contracts.all()) if known is None else known

    def has_contract(self, on: date) -> bool:
        """Whether a processing contract is signed and has not ended on a day."""
        return any(one.is_of_processing and one.holds(on) for one in self.contract_list)

    def has_arrangement(self, on: date) -> bool:
        """Whether joint controllers have agreed who does what (GDPR Art. 26(1))."""
        return any(one.kind == one.Kind.JOINT and one.holds(on) for one in self.contract_list)

    @property
    def governing_contract(self) -> "Contract | None":
        """The one that regulates the processing; of several signed ones that which ends last."""
        kinds = [one for one in self.contract_list if one.is_of_processing or one.kind == one.Kind.JOINT]
        ends = date.max
        return max(kinds, key=lambda one: (one.signed_date is not None, one.expires_date or ends), default=None)

    @property
    def sdk_names(self) -> tuple[str, ...]:
        """How builds show it, one name each."""
        return words_of(self.sdks)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Its servers, one host each."""
        return words_of(self.domains)

    @property
    def in_eea(self) -> bool:
        return vocabulary.in_eea(self.country)

    @property
    def parent_outside(self) -> str:
        """The country of its parent where that is outside the EEA: a factor of a transfer assessment."""
        return "" if not self.parent_country or vocabulary.in_eea(self.parent_country) else self.parent_country

    def is_certified(self, on: date) -> bool:
        """Whether its certification under the EU-US framework holds on a day."""
        return self.framework_until_date is not None and on <= self.framework_until_date

    def facts(self) -> dict[str, Any]:
        """What its approval binds to; the party has to be complete."""
        contracts = [facts_of(one, leave_out=("evidence", "filed")) for one in self.contract_list]
        subs = [facts_of(one) for one in self.engages.all()]
        return {
            **facts_of(self, leave_out=LEFT_OUT),
            "contracts": sorted(contracts, key=lambda one: str(one["id"])),
            "sub_processors": sorted(subs, key=lambda one: str(one["id"])),
        }


# What changes without anybody having to approve the party again.
LEFT_OUT = (
    *("state", "authors", "notes", "contact", "review_date", "exit_plan", "exit_done", "exit_date", "exit_proof"),
    *("sdks", "domains"),
)


def words_of(text: str) -> tuple[str, ...]:
    """The names in a text, one a line or parted by commas, each once."""
    return tuple(dict.fromkeys(word.strip() for line in text.splitlines() for word in line.split(",") if word.strip()))
