"""Forms over notices, consents and store labels, their versions, and what a flow says for them."""

from typing import Any

import django_filters
from django import forms

from compliance.artefacts.formats.play_questions import ACCOUNT_METHODS
from compliance.files.store import FileRefused, Received, receive
from compliance.ledger import Refused
from compliance.ledger.moment import now_read
from compliance.projects.models import AppTarget, Project, Release
from compliance.projects.pairs import people_of
from compliance.ui.filters import Filters
from controls.models import Evidence
from dataflows.forms.record import RecordForm, reason_field
from dataflows.forms.request import moment_input
from dataflows.models import Consent, Notice, StoreDeclaration, TextVersion
from dataflows.models.told import STANDINGS
from dataflows.services.told import MOST_BYTES
from dataflows.told_vocabulary import store_purpose_choices

TOLD = (
    "reads_device",
    "strictly_necessary",
    "consent",
    "store_purposes",
    "can_decline",
    "user_initiated",
    "unlinked",
    "tracks",
)


def purposes_field() -> forms.MultipleChoiceField:
    """The purposes of a flow as the stores call them."""
    return forms.MultipleChoiceField(
        label="Purposes in the words of the stores",
        choices=store_purpose_choices,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "tick-columns"}),
        required=False,
        help_text="Store labels are derived from them; nothing ticked is taken as app functionality.",
    )


class ToldFilter(Filters):
    """Finding notices, consents and labels."""

    q = django_filters.CharFilter(field_name="title", lookup_expr="icontains", label="Words")
    standing = django_filters.ChoiceFilter(choices=STANDINGS, label="State")


class LabelFilter(Filters):
    """Finding labels."""

    q = django_filters.CharFilter(field_name="target__app_id", lookup_expr="icontains", label="Listing")
    store = django_filters.ChoiceFilter(choices=StoreDeclaration.Store.choices, label="Store")
    standing = django_filters.ChoiceFilter(choices=STANDINGS, label="State")


class _About(RecordForm):
    """What is said about something people are told."""

    approved_state = ""

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["owner"].queryset = people_of(project.organisation)
        if "target" in fields:
            fields["target"].queryset = AppTarget.objects.in_project(project)


class NoticeForm(_About):
    """A notice."""

    clauses = {"place": "GDPR Art. 12(1)", "article": "GDPR Art. 13, 14"}

    class Meta:
        model = Notice
        fields = ("title", "language", "article", "place", "listing_url", "owner", "review_months")


class ConsentForm(_About):
    """A consent."""

    clauses = {
        "granularity": "GDPR Art. 7(2), recital 43",
        "withdrawal": "GDPR Art. 7(3)",
        "proof_kept": "GDPR Art. 7(1)",
        "purposes": "GDPR Art. 4(11)",
    }

    class Meta:
        model = Consent
        fields = (
            "title",
            "language",
            "purposes",
            "granularity",
            "screen",
            "withdrawal",
            "proof_kept",
            "proof_place",
            "owner",
            "review_months",
        )
        widgets = {"purposes": forms.Textarea(attrs={"rows": 3})}


class DeclarationForm(_About):
    """A store declaration, with what no flow can tell."""

    account_methods = forms.MultipleChoiceField(
        label="How accounts are made",
        choices=list(ACCOUNT_METHODS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "tick-columns"}),
        help_text="Google asks for it. Left open, the form keeps what it says.",
    )

    class Meta:
        model = StoreDeclaration
        fields = (
            "target",
            "store",
            "account_methods",
            "account_deletion_url",
            "data_deletion",
            "data_deletion_url",
            "owner",
            "review_months",
        )


class TextForm(forms.Form):
    """A version: its text or its file, and what changed."""

    summary = forms.CharField(label="What changed", max_length=300, help_text="First version, or what is new and why.")
    text = forms.CharField(
        label="Text",
        required=False,
        widget=forms.Textarea(attrs={"rows": 20}),
        help_text="As people read it; a line with # before it is a heading. Or hand in a file.",
    )
    file = forms.FileField(label="File", required=False)
    field_order = ("text", "file", "summary")

    def __init__(self, *args: Any, label_only: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label_only:
            del self.fields["text"]
            self.fields[
                "file"
            ].help_text = "As the Play Console exports it, or as fastlane keeps it. Nothing in it is lost."

    def given(self) -> dict[str, Any]:
        """What the service takes; the received file has to be discarded afterwards. Raises Refused."""
        file = self.cleaned_data["file"]
        said = {"summary": self.cleaned_data["summary"], "text": self.cleaned_data.get("text", "")}
        return {**said, "upload": received(file), "name": file.name if file else ""}


def received(file: Any) -> Received | None:
    """A handed-in file, judged. Raises Refused."""
    if not file:
        return None
    try:
        return receive(file, limit=MOST_BYTES, name=file.name)
    except FileRefused as refused:
        raise Refused(str(refused)) from refused


class PublishForm(forms.Form):
    """Since when people see a version, and what shows it."""

    published_at = forms.DateTimeField(label="Published on", widget=moment_input(), help_text="In UTC.")
    since_release = forms.ModelChoiceField(
        label="With release",
        queryset=Release.objects.none(),
        required=False,
        empty_label="none, seen in all releases",
        help_text="Only when the text comes inside the app.",
    )
    proof_url = forms.URLField(label="Where it can be seen", required=False, max_length=400, assume_scheme="https")
    proof = forms.FileField(label="Screenshot or file", required=False, help_text="Kept with its SHA-256.")
    evidence = forms.ModelChoiceField(
        label="Or evidence kept here", queryset=Evidence.objects.none(), required=False, empty_label="none"
    )
    reason = reason_field(required=False)

    def __init__(self, *args: Any, version: TextVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["published_at"].initial = now_read().replace(second=0, microsecond=0)
        fields["since_release"].queryset = Release.objects.in_project(version.project)
        fields["evidence"].queryset = Evidence.objects.for_project(version.project).order_by("-reference")

    def given(self) -> dict[str, Any]:
        """What the service takes; the received file has to be discarded afterwards. Raises Refused."""
        given = dict(self.cleaned_data)
        file = given.pop("proof")
        return {**given, "proof": received(file), "proof_name": file.name if file else ""}


class VerdictForm(forms.Form):
    """Whether a version may be published, and why."""

    verdict = forms.ChoiceField(
        label="Verdict",
        choices=[("approve", "Approve it as it stands"), ("send_back", "Send it back")],
        widget=forms.RadioSelect,
    )
    reason = reason_field("What was read, and why it is so.")


class CountForm(forms.Form):
    """How often a wording was answered in a month."""

    wording = forms.ModelChoiceField(label="Wording", queryset=TextVersion.objects.none())
    month = forms.DateField(
        label="Month", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), help_text="Any day of it."
    )
    given = forms.IntegerField(label="Given", min_value=0, max_value=2_000_000_000)
    refused = forms.IntegerField(label="Refused", min_value=0, max_value=2_000_000_000)
    withdrawn = forms.IntegerField(label="Withdrawn", min_value=0, max_value=2_000_000_000)
    source = forms.CharField(
        label="Source", required=False, max_length=160, help_text="The query or report the numbers come from."
    )

    def __init__(self, *args: Any, consent: Consent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        worded = consent.versions.filter(published_at__isnull=False).order_by("-number")
        self.fields["wording"].queryset = worded.select_related("consent")  # type: ignore[attr-defined]
