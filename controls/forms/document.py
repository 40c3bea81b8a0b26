"""Forms over documents and the scope: what is said about them, a draft, a verdict."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet

from compliance.accounts.models import User
from compliance.files.forms import FilesField, ManyFiles
from compliance.projects.forms.rows import Day, ReasonForm, RowForm
from compliance.projects.models import Organisation, Project
from controls.models import (
    AUDIENCES,
    DOCUMENT_STANDINGS,
    Classification,
    Document,
    DocumentKind,
    DocumentVersion,
    ScopeStatement,
)
from controls.required import REQUIRED
from controls.services.document import Draft

APART = {"answers", "owner", "held"}


class DocumentFilter(filters.FilterSet):
    """Which documents to show."""

    q = filters.CharFilter(label="Words", field_name="title", lookup_expr="icontains")
    standing = filters.ChoiceFilter(label="State", choices=DOCUMENT_STANDINGS, empty_label="any")
    kind = filters.ChoiceFilter(label="Kind", choices=DocumentKind.choices, empty_label="any")

    class Meta:
        model = Document
        fields = ["q", "standing", "kind"]


class AboutForm(forms.Form):
    """What is said about a document over all its versions."""

    title = forms.CharField(label="Title", max_length=160)
    kind = forms.ChoiceField(label="Kind", choices=DocumentKind.choices)
    classification = forms.ChoiceField(
        label="Classification", choices=Classification.choices, initial=Classification.INTERNAL
    )
    owner = forms.ModelChoiceField(label="Owner", queryset=User.objects.none(), empty_label="Choose")
    audience = forms.ChoiceField(label="Who confirms having read it", choices=AUDIENCES)
    acknowledge_days = forms.IntegerField(label="Days to confirm", min_value=1, max_value=365, initial=30)
    review_months = forms.IntegerField(label="Months between reviews", min_value=1, max_value=60, initial=12)
    answers = forms.MultipleChoiceField(
        label="Required documents it is",
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        choices=[(one.key, f"{next(iter(one.refs.values()))} {one.title}") for one in REQUIRED.values() if not one.by],
        help_text="What standards ask to have documented, and this document is.",
    )
    held = forms.IntegerField(widget=forms.HiddenInput, required=False)
    clauses = {"title": "ISO/IEC 27001, 7.5.2", "audience": "ISO/IEC 27001, 7.3"}

    def __init__(self, *args: Any, people: "QuerySet[User]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]

    def about(self) -> dict[str, Any]:
        """What the services take."""
        given = {name: self.cleaned_data[name] for name in AboutForm.base_fields if name != "held"}
        return {**given, "answers": " ".join(given["answers"])}

    @staticmethod
    def showing(document: Document) -> dict[str, Any]:
        """The first values of a form over a document."""
        shown = {name: getattr(document, name) for name in AboutForm.base_fields if name not in APART}
        return {**shown, "owner": document.owner_id, "answers": document.answer_keys, "held": document.version}


class DraftForm(forms.Form):
    """What a version says."""

    summary = forms.CharField(label="What changed", max_length=300, help_text="First version, or what is new and why.")
    text = forms.CharField(
        label="Text", required=False, widget=forms.Textarea(attrs={"rows": 18}), help_text="Or hand in a file."
    )
    uploads = FilesField(label="File", required=False, widget=ManyFiles(), help_text="A PDF or office document.")

    held = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def draft(self) -> Draft:
        """What the services take."""
        given = self.cleaned_data
        uploads = given["uploads"]
        return Draft(given["summary"], given["text"].replace("\r\n", "\n"), uploads[0] if uploads else None)

    @staticmethod
    def showing(version: DocumentVersion) -> dict[str, Any]:
        """The first values of a form over a draft."""
        return {"summary": version.summary, "text": version.text, "held": version.version}


class DocumentForm(AboutForm, DraftForm):
    """A new document with its first draft."""

    field_order = ("title", "kind", "text", "uploads", "summary", "owner", "classification", "audience")


class DocumentReviewForm(ReasonForm):
    """What was looked at, and when to look again."""

    next_date = Day(label="Next review", required=False, help_text="Left empty, it follows from the cadence.")
    field_order = ("reason", "next_date")


class ScopeForm(RowForm):
    """A version of the scope."""

    projects = forms.ModelMultipleChoiceField(
        label="Projects it holds", queryset=Project.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    clauses = {"statement": "ISO/IEC 27001, 4.3", "pii_roles": "ISO/IEC 27701, 4.3"}

    class Meta:
        model = ScopeStatement
        fields = ("statement", "boundaries", "sites", "interfaces", "exclusions", "pii_roles", "summary")
        widgets = {
            name: forms.Textarea(attrs={"rows": rows})
            for name, rows in (
                ("statement", 4),
                ("boundaries", 3),
                ("sites", 2),
                ("interfaces", 3),
                ("exclusions", 3),
                ("pii_roles", 2),
            )
        }

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        projects = Project.objects.in_organisation(organisation)
        self.fields["projects"].queryset = projects  # type: ignore[attr-defined]
        if not self.instance._state.adding:
            self.initial["projects"] = list(self.instance.projects.values_list("project", flat=True))
        elif not self.is_bound:
            self.initial.setdefault("projects", list(projects.values_list("pk", flat=True)))

    def texts(self) -> dict[str, str]:
        """What the services take."""
        return {name: self.cleaned_data[name].replace("\r\n", "\n") for name in self.Meta.fields}
