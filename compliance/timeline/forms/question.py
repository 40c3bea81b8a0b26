"""The filters of a timeline, read from the URL."""

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.apps import apps
from django.db.models import Q

from compliance.accounts.models import User
from compliance.ledger.models import EntryQuerySet, TrackedBase
from compliance.projects.models import Membership, Organisation
from compliance.timeline.steps import APART, KINDS

ORIGINS = [
    ("", "anywhere"),
    ("page", "a page"),
    ("api", "the API"),
    ("command", "a command"),
    ("import", "an import"),
    ("system", "the system"),
]


class Question(forms.Form):
    """Who changed what, when, from where; a blank field asks nothing."""

    kind = forms.ChoiceField(required=False, label="Kind")
    who = forms.ChoiceField(required=False, label="Who")
    what = forms.ChoiceField(required=False, label="What")
    origin = forms.ChoiceField(required=False, label="From", choices=ORIGINS)
    reference = forms.CharField(required=False, label="Reference", max_length=32)
    since = forms.DateField(required=False, label="From day", widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, label="To day", widget=forms.DateInput(attrs={"type": "date"}))
    change_set = forms.UUIDField(required=False, widget=forms.HiddenInput)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, *args: Any, organisation: Organisation, hidden: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = Membership.objects.in_organisation(organisation).values("user")
        people = User.objects.filter(pk__in=members).order_by("name")[:500]
        self.fields["who"].choices = [("", "anybody"), *((f"user:{person.pk}", person.name) for person in people)]  # type: ignore[attr-defined]
        kinds = [(key, said) for key, (said, models) in KINDS.items() if not models <= hidden]
        self.fields["kind"].choices = [("", "everything"), ("record", "records"), *kinds]  # type: ignore[attr-defined]
        self.fields["what"].choices = [("", "anything"), *kinds_of_record(hidden)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        since, until = asked.get("since"), asked.get("until")
        if since and until and until < since:
            self.add_error("until", "The period ends before it starts: choose a later day.")
        return asked

    def narrow(self, entries: EntryQuerySet) -> EntryQuerySet:
        """Keep the entries the form asks for."""
        asked = self.cleaned_data
        wanted = Q()
        for field, lookup in (("who", "actor"), ("what", "model"), ("origin", "origin"), ("change_set", "change_set")):
            if asked.get(field):
                wanted &= Q(**{lookup: asked[field]})
        if asked.get("kind"):
            wanted &= ~Q(model__in=APART) if asked["kind"] == "record" else Q(model__in=KINDS[asked["kind"]][1])
        if asked.get("reference"):
            wanted &= Q(reference__iexact=asked["reference"].strip())
        start = datetime.combine(asked["since"], time.min, UTC) if asked.get("since") else None
        end = datetime.combine(asked["until"], time.max, UTC) if asked.get("until") else None
        return entries.filter(wanted).between(start, end)


def kinds_of_record(hidden: set[str]) -> list[tuple[str, str]]:
    """Every tracked model that can stand in an organisation's or a project's history."""
    found = []
    for model in apps.get_models():
        if issubclass(model, TrackedBase) and model._meta.label_lower not in hidden:
            found.append((model._meta.label_lower, str(model._meta.verbose_name)))
    return sorted(found, key=lambda pair: pair[1])
