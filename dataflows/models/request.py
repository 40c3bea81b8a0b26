"""Requests of data subjects (GDPR Art. 12, 15 to 22, 7(3); ISO/IEC 27701 A.7.3)."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from compliance.files.models import Blob
from compliance.periods import Left
from compliance.projects.models import OrganisationRow, Project, ScopedQuerySet
from compliance.ui.addresses import filled
from dataflows.models.node import Node
from dataflows.models.party import Party


class RequestType(models.TextChoices):
    ACCESS = "access", "Access, Art. 15"
    RECTIFICATION = "rectification", "Rectification, Art. 16"
    ERASURE = "erasure", "Erasure, Art. 17"
    RESTRICTION = "restriction", "Restriction, Art. 18"
    PORTABILITY = "portability", "Portability, Art. 20"
    OBJECTION = "objection", "Objection, Art. 21"
    MARKETING_OBJECTION = "marketing_objection", "Objection to marketing, Art. 21(2)"
    AUTOMATED_DECISION = "automated_decision", "Automated decision, Art. 22"
    WITHDRAW_CONSENT = "withdraw_consent", "Withdrawal of consent, Art. 7(3)"
    COMPLAINT = "complaint", "Complaint"


class Channel(models.TextChoices):
    IN_APP = "in_app", "In the app"
    FORM = "form", "Form on the web"
    MAIL = "mail", "E-mail"
    STORE = "store", "App store"
    PHONE = "phone", "Phone"
    LETTER = "letter", "Letter"
    PERSON = "person", "In person"
    CUSTOMER = "customer", "Through the controller we work for"
    AUTHORITY = "authority", "Through an authority"


class IdentityMethod(models.TextChoices):
    SIGNED_IN = "signed_in", "Signed in to the account"
    CONFIRMED_MAIL = "confirmed_mail", "Confirmed from the address of the account"
    KNOWN_DETAILS = "known_details", "Answered what only they know"
    DOCUMENT = "document", "Document, seen and not kept"
    NOT_DOUBTED = "not_doubted", "No reasonable doubt"


class RequestState(models.TextChoices):
    RECEIVED = "received", "Received"
    IDENTITY_CHECK = "identity_check", "Identity check"
    WAITING_FOR_REQUESTER = "waiting_for_requester", "Waiting for requester"
    IN_PROGRESS = "in_progress", "In progress"
    EXTENDED = "extended", "Extended"
    QUALITY_CHECK = "quality_check", "Quality check"
    ANSWERED = "answered", "Answered"
    REFUSED = "refused", "Refused"
    CLOSED = "closed", "Closed"


S = RequestState
MOVES: dict[str, frozenset[str]] = {
    S.RECEIVED: frozenset({S.IDENTITY_CHECK, S.REFUSED, S.CLOSED}),
    S.IDENTITY_CHECK: frozenset({S.WAITING_FOR_REQUESTER, S.IN_PROGRESS, S.REFUSED, S.CLOSED}),
    S.WAITING_FOR_REQUESTER: frozenset({S.IDENTITY_CHECK, S.REFUSED, S.CLOSED}),
    S.IN_PROGRESS: frozenset({S.EXTENDED, S.QUALITY_CHECK, S.REFUSED, S.CLOSED}),
    S.EXTENDED: frozenset({S.QUALITY_CHECK, S.REFUSED, S.CLOSED}),
    S.QUALITY_CHECK: frozenset({S.IN_PROGRESS, S.EXTENDED, S.ANSWERED}),
    S.ANSWERED: frozenset({S.CLOSED}),
    S.REFUSED: frozenset({S.CLOSED}),
    S.CLOSED: frozenset(),
}
OPEN = (S.RECEIVED, S.IDENTITY_CHECK, S.WAITING_FOR_REQUESTER, S.IN_PROGRESS, S.EXTENDED, S.QUALITY_CHECK)
WORKED_ON = (S.IN_PROGRESS, S.EXTENDED)


class Outcome(models.TextChoices):
    FULFILLED = "fulfilled", "Fulfilled"
    PARTLY = "partly", "Partly fulfilled"
    NO_DATA = "no_data", "No data held"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn by the requester"
    FORWARDED = "forwarded", "Forwarded to the controller"


REPLIES = (Outcome.FULFILLED, Outcome.PARTLY, Outcome.NO_DATA)
SET_ASIDE = (Outcome.WITHDRAWN, Outcome.FORWARDED)


class SubjectRequestQuerySet(ScopedQuerySet["SubjectRequest"]):
    """Questions about requests."""

    def open(self) -> "SubjectRequestQuerySet":
        """Neither answered nor refused nor set aside."""
        return self.filter(state__in=OPEN)

    def overdue(self, at: datetime) -> "SubjectRequestQuerySet":
        """Open past their end, and those answered or refused after it."""
        return self.filter(Q(state__in=OPEN, due_at__lt=at) | Q(told_at__gt=models.F("due_at")))

    def late(self, at: datetime) -> "SubjectRequestQuerySet":
        """Open past their end."""
        return self.open().filter(due_at__lt=at)


def _person(label: str) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=label,
    )


class SubjectRequest(OrganisationRow):
    """What somebody asks about data of their own. Outside the desk the requester is the reference and nothing else.

    `began_at` is what the clock runs from; `due_at` is empty while it waits for what confirms the identity.
    """

    reference_prefix = "SR"
    personal_fields: ClassVar[frozenset[str]] = frozenset({"requester_name", "requester_contact", "wish"})
    desk_fields: ClassVar[frozenset[str]] = frozenset(
        {"requester_name", "requester_contact", "wish", "third_parties", "reply_name"}
    )

    type = models.CharField("right", max_length=20, choices=RequestType)
    channel = models.CharField("came by", max_length=10, choices=Channel)
    app = models.ForeignKey(
        Project,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="Leave it empty when it is about all of them.",
    )
    as_processor = models.BooleanField("we process the data for somebody else", default=False)
    requester_name = models.CharField("name of the requester", max_length=160, blank=True)
    requester_contact = models.CharField("where the answer goes", max_length=200, blank=True)
    wish = models.TextField("what is asked", blank=True, help_text="In their own words, as far as it matters.")
    items = models.JSONField("data it is about", default=list, blank=True)
    received_at = models.DateTimeField("received")
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    state = models.CharField(max_length=22, choices=RequestState, default=S.RECEIVED, editable=False)
    edition = models.CharField("edition of the periods", max_length=20, editable=False)
    began_at = models.DateTimeField("clock runs from", editable=False)
    due_at = models.DateTimeField("to be answered by", null=True, editable=False)
    due_date = models.DateField("day to answer by, at the seat", null=True, editable=False)
    why = models.TextField("how the end was counted", editable=False)
    asked_at = models.DateTimeField("more was asked for the identity", null=True, editable=False)
    identity_method = models.CharField("identity confirmed by", max_length=16, choices=IdentityMethod, editable=False)
    identity_at = models.DateTimeField("identity confirmed", null=True, editable=False)
    extension_reason = models.TextField("why it takes longer", editable=False)
    notice_sent_at = models.DateTimeField("told of the extension", null=True, editable=False)
    reply = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+", null=True, editable=False)
    reply_name = models.CharField("file of the reply", max_length=160, editable=False)
    exemptions = models.TextField("what was left out, and why", editable=False)
    third_parties = models.TextField("how data of others was kept out", editable=False)
    prepared_by = _person("prepared by")
    checked_by = _person("checked by")
    checked_at = models.DateTimeField("checked", null=True, editable=False)
    told_at = models.DateTimeField("answer or refusal sent", null=True, editable=False)
    outcome = models.CharField(max_length=10, choices=Outcome, editable=False)
    refusal_reason = models.TextField("why it is refused", editable=False)
    remedies_told = models.BooleanField("told of complaint and judicial remedy", default=False, editable=False)
    closed_at = models.DateTimeField("closed", null=True, editable=False)

    objects = SubjectRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-reference"]
        verbose_name = "request of a data subject"
        verbose_name_plural = "requests of data subjects"

    def __str__(self) -> str:
        return f"{self.reference} {self.right}"

    def get_absolute_url(self) -> str:
        return filled("dataflows:request", self.organisation.slug, self.reference)

    @property
    def right(self) -> str:
        """The right in a word, without its article."""
        return str(self.get_type_display()).partition(",")[0]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_extended(self) -> bool:
        return self.notice_sent_at is not None

    @property
    def tells_recipients(self) -> bool:
        """Whether Art. 19 asks to tell everybody the data was given to."""
        return self.type in (RequestType.RECTIFICATION, RequestType.ERASURE, RequestType.RESTRICTION)

    @property
    def days(self) -> int | None:
        """From receipt to the answer, refusal or setting aside."""
        ended = self.told_at or self.closed_at
        return (ended - self.received_at).days if ended else None

    @property
    def was_late(self) -> bool:
        return bool(self.told_at and self.due_at and self.told_at > self.due_at)

    def left(self, at: datetime) -> Left | None:
        """What is left at a moment, while it is open and the clock runs."""
        return Left(self.began_at, self.due_at, at) if self.is_open and self.due_at else None

    def clock(self, at: datetime) -> tuple[str, str]:
        """The clock in words of whole days, and its tone."""
        if not self.is_open:
            return ("late", "bad") if self.was_late else ("in time", "ok") if self.told_at else ("", "")
        left = self.left(at)
        if left is None:
            return "waits for the requester", "warn"
        days = abs((left.due.date() - at.date()).days)
        return f"{days} day{'' if days == 1 else 's'} {'late' if left.is_over else 'left'}", left.tone


class RequestStep(OrganisationRow):
    """A place to search for the data, or a recipient to tell (Art. 19), and what came of it."""

    class Result(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"
        NOTHING_FOUND = "nothing_found", "Nothing found"
        EXEMPT = "exempt", "Exempt"

    request = models.ForeignKey(SubjectRequest, on_delete=models.CASCADE, related_name="steps")
    place = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+", null=True)
    recipient = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", null=True)
    result = models.CharField(max_length=13, choices=Result, default=Result.OPEN)
    note = models.CharField("remark", max_length=300, blank=True)
    settled_at = models.DateTimeField("settled", null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["request", "id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "place"], name="dataflows_step_place"),
            models.UniqueConstraint(fields=["request", "recipient"], name="dataflows_step_recipient"),
        ]

    def __str__(self) -> str:
        return f"{self.place or self.recipient} for {self.request_id}"


class IntakeKey(OrganisationRow):
    """What a program shows to hand in requests, and nothing else. Only the SHA-256 of the key is stored."""

    reference_prefix = "IK"
    reference_digits = 2

    label = models.CharField("where it is used", max_length=80)
    app = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField("ends", editable=False)
    ended_at = models.DateTimeField("ended early", null=True, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.label}"

    def holds(self, at: datetime) -> bool:
        return self.ended_at is None and at < self.expires_at
