"""Naming a risk, finding risks, and taking a step."""

from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from compliance.accounts.models import User
from compliance.ledger.moment import now_read
from compliance.prepared import Rows
from compliance.projects.forms import visible_projects
from compliance.projects.models import Membership, Organisation, Project
from compliance.ui.filters import PickFilter
from controls.models import Implementation
from risks.exceptions import excepted
from risks.forms.asking import AskingFilters
from risks.models import Level, Risk, RiskControl, RiskLink, RiskMethod
from risks.scales import threats
from risks.totals import said_of_acceptances


def people_of(scope: Organisation | Project) -> QuerySet[User]:
    """Who can own something in a scope: people who hold a role there now."""
    held = Membership.objects.reaching(scope).valid(now_read())
    if isinstance(scope, Organisation):
        held = held.filter(project=None)
    return User.objects.active().filter(pk__in=held.values("user")).order_by("name")


def parents_of(scope: Organisation | Project, risk: Risk) -> QuerySet[Risk]:
    """Open risks of the scope, or of the organisation around it, that are no part of anything themselves."""
    rows = Risk.objects.open().filter(parent=None).exclude(pk=risk.pk).order_by("reference")
    if isinstance(scope, Project):
        return rows.for_project(scope)
    return rows.in_organisation(scope).shared()


def day_field(label: str, help_text: str = "", required: bool = True) -> forms.DateField:
    """A day, picked or typed."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, required=required, widget=widget)


def reason_field(help_text: str = "The change history keeps it.", required: bool = True) -> forms.CharField:
    """Why the change is made."""
    return forms.CharField(
        label="Reason", help_text=help_text, required=required, widget=forms.Textarea(attrs={"rows": 3})
    )


class RiskForm(forms.ModelForm):
    """What could happen, in the parts of one sentence."""

    clauses = {
        "title": "ISO/IEC 27001, 6.1.2 c",
        "affected": "ISO/IEC 27001, 6.1.2 c 1",
        "owner": "ISO/IEC 27001, 6.1.2 c 2",
    }

    affected = forms.MultipleChoiceField(
        label="What would be lost",
        choices=[("confidentiality", "Confidentiality"), ("integrity", "Integrity"), ("availability", "Availability")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Everything the event touches.",
    )
    threat = forms.ChoiceField(label="Threat", required=False, help_text="The nearest one of the library, if any.")

    class Media:
        js = (forms.Script("risks/statement.js", defer=True),)
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("risks/risks.css",)}

    class Meta:
        model = Risk
        fields = (
            *("title", "approach", "weakness", "source", "event", "consequence", "risk_source", "threat", "owner"),
            *("parent", "lower_because"),
        )
        widgets = {"approach": forms.RadioSelect, "lower_because": forms.Textarea(attrs={"rows": 2})}
        labels = {
            "approach": "Seen from",
            "weakness": "Because of",
            "source": "Who or what",
            "event": "Could",
            "consequence": "Leading to",
        }
        help_texts = {
            "weakness": "The weakness, e.g. account recovery by SMS alone.",
            "source": "The source, e.g. a credential-stuffing ring.",
            "event": "The event, e.g. take over wallets.",
            "consequence": "The consequence, e.g. stolen balances and refunds.",
            "parent": "The wider scenario it is a part of, if any.",
            "lower_because": "Only when it stands lower than the worst of its own parts.",
            "owner": "The person with authority and budget to treat it, never a team.",
        }

    field_order = (
        "title",
        "approach",
        "weakness",
        "source",
        "event",
        "consequence",
        "affected",
        "risk_source",
        "threat",
        "owner",
        "parent",
        "lower_because",
    )

    def __init__(self, *args: Any, scope: Organisation | Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_of(scope)  # type: ignore[attr-defined]
        self.fields["owner"].empty_label = "Nobody yet"  # type: ignore[attr-defined]
        self.fields["parent"].queryset = parents_of(scope, self.instance)  # type: ignore[attr-defined]
        self.fields["parent"].empty_label = "Stands by itself"  # type: ignore[attr-defined]
        self.fields["risk_source"].choices = [("", "Choose"), *Risk.Source.choices]  # type: ignore[attr-defined]
        named = [(threat["id"], f"{threat['id']} {threat['name']}") for threat in threats().values()]
        self.fields["threat"].choices = [("", "None of them"), *named]  # type: ignore[attr-defined]
        if self.instance._state.adding:
            del self.fields["lower_because"]
        else:
            self.initial["affected"] = [name for name, _ in AFFECTED_CHOICES if getattr(self.instance, name)]
            if not self.instance.children.exists():
                del self.fields["lower_because"]
            self.fields["reason"] = reason_field("What led to the change; may be empty for wording.", required=False)

    def values(self) -> dict[str, Any]:
        """What a service takes: the fields, and the three properties apart."""
        values = {name: self.cleaned_data[name] for name in (*self.Meta.fields, "reason") if name in self.cleaned_data}
        return {**values, **{name: name in self.cleaned_data["affected"] for name, _ in AFFECTED_CHOICES}}

    def _post_clean(self) -> None:
        """The service writes; the form leaves its instance as it was read."""


AFFECTED_CHOICES = [(name, name) for name in ("confidentiality", "integrity", "availability")]


class StepForm(forms.Form):
    """One step of a risk's life, with its reason."""

    reason = reason_field()

    def __init__(self, *args: Any, verb: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if verb == "close":
            because = [("", "Choose"), *Risk.ClosedBecause.choices]
            self.fields["because"] = forms.ChoiceField(label="It is closed because", choices=because)
            self.order_fields(["because", "reason"])
        if verb == "review":
            self.fields["next_review_date"] = day_field(
                "Next review", "Empty: by the review cadence of its level.", required=False
            )
        self.fields["reason"].required = verb in {"close", "flag", "reopen", "review"}


class ControlForm(forms.Form):
    """A control that treats the risk."""

    implementation = forms.ModelChoiceField(
        queryset=Implementation.objects.none(),
        label="Control",
        empty_label="Choose",
        help_text="Controls at work for this scope that are not linked yet.",
    )

    def __init__(self, *args: Any, choices: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["implementation"].queryset = choices  # type: ignore[attr-defined]


def _cell(position: str) -> Any:
    """A filter by one cell of the heat map, written 3x4."""

    def narrow(rows: Any, name: str, value: str) -> Any:
        likelihood, _, consequence = value.partition("x")
        if not (likelihood.isdigit() and consequence.isdigit()):
            return rows.none()
        return rows.filter(
            pk__in=Risk.objects.filter(
                positions__kind=position, positions__likelihood=likelihood, positions__consequence=consequence
            )
        )

    label = f"{position.capitalize()} position"
    return django_filters.CharFilter(label=label, method=narrow, widget=forms.HiddenInput)


def _owning(**scope: Any) -> QuerySet[User]:
    return User.objects.filter(Exists(Risk.objects.filter(owner=OuterRef("pk"), **scope))).order_by("name")


OWNERS = {
    Project: Rows(lambda scope: _owning(project=scope), scope=UUID),
    Organisation: Rows(lambda scope: _owning(organisation=scope), scope=UUID),
}


def _owners(request: Any) -> Any:
    return OWNERS[type(request.scope)](scope=request.scope.pk)


class RiskFilter(AskingFilters):
    """Conditions of the register; needs `weighed()` rows and `request.scope`."""

    title = django_filters.CharFilter(
        label="Title", lookup_expr="icontains", widget=forms.TextInput(attrs={"type": "search"})
    )
    level = django_filters.MultipleChoiceFilter(
        label="Level", field_name="current_level", choices=Level.choices, widget=forms.CheckboxSelectMultiple
    )
    owner = PickFilter(label="Owner", queryset=_owners)
    state = django_filters.ChoiceFilter(label="State", choices=Risk.State.choices, empty_label="any")
    project = PickFilter(label="Project", queryset=visible_projects)
    approach = django_filters.ChoiceFilter(
        label="Seen from", choices=[("event", "an event"), ("asset", "an asset")], empty_label="any"
    )
    show = django_filters.ChoiceFilter(label="Risk", method="narrow", empty_label="any")
    asset = django_filters.CharFilter(label="Asset", method="touching", widget=forms.HiddenInput)
    control = django_filters.CharFilter(label="Control", method="relying", widget=forms.HiddenInput)
    inherent = _cell("inherent")
    current = _cell("current")
    residual = _cell("residual")

    SHOWN = (
        ("open", "open"),
        ("review", "overdue for review"),
        ("appetite", "above appetite"),
        ("unowned", "without an owner"),
        ("unscored", "not assessed"),
        ("actions", "late with an action"),
        ("requested", "waiting for acceptance"),
        ("outdated", "accepted, but outdated"),
        ("expired", "accepted, but expired"),
        ("expiring", "accepted for 30 days more at most"),
        ("older", "scored by an earlier method"),
        ("parts", "wider, with parts of their own"),
        ("excepted", "touched by an exception"),
    )

    class Meta:
        model = Risk
        fields: list[str] = []

    def narrow(self, rows: Any, name: str, value: str) -> Any:
        """Rows that meet one of the questions a dashboard asks."""
        organisation = _organisation(self.request.scope)
        if value in {"requested", "outdated", "expired", "expiring"}:
            return rows.filter(pk__in=said_of_acceptances(rows.open(), now_read().date())[value])
        if value == "appetite":
            method = RiskMethod.objects.in_force(organisation)
            return rows.open().filter(current_level__in=method.unacceptable if method else ())
        if value == "older":
            method = RiskMethod.objects.in_force(organisation)
            old = Risk.objects.filter(positions__isnull=False).exclude(positions__method=method)
            return rows.open().filter(pk__in=old)
        return SIMPLE[value](rows)

    def touching(self, rows: Any, name: str, value: str) -> Any:
        """Risks that touch an asset, by its reference."""
        return rows.filter(pk__in=RiskLink.objects.filter(asset__reference=value).values("risk"))

    def relying(self, rows: Any, name: str, value: str) -> Any:
        """Risks that rely on a control, by its reference or that of one of its implementations."""
        named = Q(implementation__reference=value) | Q(implementation__control__reference=value)
        return rows.filter(pk__in=RiskControl.objects.filter(named).values("risk"))


def _with_late_action(rows: Any) -> Any:
    from risks.models import TreatmentAction

    return rows.open().filter(pk__in=TreatmentAction.objects.overdue().values("treatment__risk"))


SIMPLE = {
    "open": lambda rows: rows.open(),
    "review": lambda rows: rows.overdue(),
    "unowned": lambda rows: rows.open().filter(owner=None),
    "unscored": lambda rows: rows.open().filter(current_level=None),
    "actions": _with_late_action,
    "parts": lambda rows: rows.filter(pk__in=Risk.objects.exclude(parent=None).values("parent")),
    "excepted": lambda rows: rows.open().filter(pk__in=excepted()),
}


def _organisation(scope: Organisation | Project) -> Organisation:
    return scope.organisation if isinstance(scope, Project) else scope
