"""What an auditor fills in at the desk."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from django import forms
from django.db.models import QuerySet

from compliance.accounts.models import User
from compliance.files import store as files
from compliance.files.models import Blob
from compliance.ledger import Refused
from compliance.projects.forms import Day
from controls.models import Draw, Finding, Requirement, Verdict
from controls.services.sample import read_population

SEEDED = [choice for choice in Draw.choices if choice[0] in {Draw.RANDOM, Draw.SYSTEMATIC, Draw.ALL}]


class NoteForm(forms.Form):
    """What was asked, seen or heard."""

    about = forms.CharField(required=False, max_length=120, help_text="e.g. A.8.13, EV-018, interview with operations.")
    text = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 4}))


class DeskFindingForm(forms.ModelForm):
    """A finding, kept as a draft or issued at once."""

    response_due = Day(required=False, label="Answer until")
    issue = forms.BooleanField(
        required=False, label="Issue it now", help_text="From then on it stays as it is said, and the audited see it."
    )
    clauses = {"grade": "ISO/IEC 27001, 9.2.2", "evidence_seen": "ISO 19011, 6.4.8"}

    class Meta:
        model = Finding
        fields = ("grade", "title", "requirement", "statement", "evidence_seen", "owner", "response_due")
        widgets = {"statement": forms.Textarea(attrs={"rows": 3}), "evidence_seen": forms.Textarea(attrs={"rows": 3})}
        labels = {"owner": "Who answers"}

    def __init__(
        self, *args: Any, requirements: "QuerySet[Requirement]", people: "QuerySet[User]", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        asked: Any = self.fields["requirement"]
        asked.queryset = requirements
        asked.label_from_instance = lambda row: f"{row.edition.label} {row.ref} {row.title}"
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]
        for name, blank in (("requirement", "None"), ("owner", "Choose")):
            self.fields[name].empty_label = blank  # type: ignore[attr-defined]
        self.fields["grade"].choices = [("", "Choose"), *Finding._meta.get_field("grade").flatchoices]  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """The service changes the finding, not the form."""

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "issue"}


class DrawForm(forms.Form):
    """A population and how to draw from it."""

    evidence = forms.ChoiceField(required=False, label="Take the list from")
    items = forms.CharField(
        required=False,
        label="or paste it",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2_000_000,
        help_text="One item a line. The list is frozen before the draw.",
    )
    has_header = forms.BooleanField(required=False, label="The first line holds column names")
    source = forms.CharField(
        label="What the list holds, and whence", max_length=300, help_text="System, query, moment it was taken."
    )
    draw = forms.ChoiceField(label="How it is drawn", choices=SEEDED)
    size = forms.IntegerField(required=False, min_value=1, max_value=1000, help_text="Empty: the usual number.")
    seed = forms.CharField(
        required=False, max_length=64, help_text="Any word of yours; empty: the tool makes one. It is kept."
    )
    about = forms.CharField(required=False, max_length=120, help_text="The control or requirement it is about.")

    def __init__(self, *args: Any, files_there: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].choices = [("", "a list I paste"), *files_there]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if bool(given.get("evidence")) == bool((given.get("items") or "").strip()):
            self.add_error("items", "Choose a file, or paste a list: one of the two.")
        return given

    def population(self, names: dict[str, str]) -> list[str]:
        """The items; raises Refused when the file is no list."""
        given = self.cleaned_data
        if not given["evidence"]:
            content, name = BytesIO(given["items"].encode()), "list.txt"
            return read_population(content, name=name, has_header=given["has_header"])[1]
        blob = Blob.objects.get(pk=given["evidence"])
        try:
            with files.open_verified(blob) as stream:
                return read_population(stream, name=names[blob.pk], has_header=given["has_header"])[1]
        except files.FileDamaged as damaged:
            raise Refused(str(damaged)) from damaged

    def given(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("source", "draw", "size", "seed", "about")}


class ItemForm(forms.Form):
    """What was found on one item of a sample."""

    position = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    verdict = forms.ChoiceField(choices=Verdict.choices)
    note = forms.CharField(required=False, max_length=1000)


class AskForm(forms.Form):
    """A request for evidence."""

    title = forms.CharField(label="What you ask for", max_length=160)
    instruction = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), help_text="Where it is found, what it has to show, which period."
    )
    assignee = forms.ModelChoiceField(label="From whom", queryset=User.objects.none(), empty_label="Choose")
    due_date = Day(label="Until")
    about = forms.CharField(required=False, max_length=120, help_text="The control or requirement it is about.")

    def __init__(self, *args: Any, people: "QuerySet[User]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = people  # type: ignore[attr-defined]


class EffectForm(forms.Form):
    """What was seen of the effect of a corrective action."""

    action = forms.CharField(max_length=32, widget=forms.HiddenInput)
    effective = forms.TypedChoiceField(
        label="Effect",
        choices=[("", "Choose"), ("yes", "It does not come back"), ("no", "It came back, or might")],
        coerce=lambda value: value == "yes",
    )
    reason = forms.CharField(label="What you saw", widget=forms.Textarea(attrs={"rows": 3}))
