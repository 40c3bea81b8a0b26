"""The style guide's context: plain values in every state a page can show."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import django_filters
from django import forms
from django.contrib.auth.models import AnonymousUser, Group
from django.template.loader import render_to_string
from django.test import RequestFactory

from compliance.ui.filters import Filters
from compliance.ui.pictures import CoverageRow, coverage, heat_map, months, trend
from compliance.ui.register import Column, Listing, Register

NOW = datetime(2026, 11, 22, 14, 10, tzinfo=UTC)
LEVELS = ("critical", "high", "medium", "low", "")
STATES = ("open", "in_treatment", "accepted", "overdue", "draft")


class Person:
    is_authenticated = True

    name = "Mara"

    def __str__(self) -> str:
        return "mara@lumaro.example"


@dataclass
class Said:
    level_tag: str

    def __str__(self) -> str:
        return "R-0012 is saved."


class AcceptanceForm(forms.Form):
    clauses = {"likelihood": ("ISO/IEC 27001, 6.1.2 d", "#6.1.2"), "reason": "ISO/IEC 27001, 6.1.3 f"}

    title = forms.CharField(
        label="Title",
        help_text="A short name people can quote, for example: location history readable on a lost phone.",
    )
    likelihood = forms.ChoiceField(label="Likelihood", choices=[("", "Choose"), ("2", "2 Unlikely"), ("4", "4 Likely")])
    option = forms.ChoiceField(
        label="Treatment option",
        widget=forms.RadioSelect,
        choices=[("modify", "Modify it with controls"), ("avoid", "Avoid the activity"), ("retain", "Retain it")],
        help_text="Retaining a risk above appetite needs the risk owner's name.",
    )
    harms = forms.MultipleChoiceField(
        label="Who is affected",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("app", "People using the app"), ("staff", "Our staff")],
    )
    until = forms.DateField(label="Valid until", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(
        label="Reason", widget=forms.Textarea(attrs={"rows": 3}), help_text="Goes into the history with your name."
    )
    annex = forms.FileField(label="Annex", required=False)
    sure = forms.BooleanField(
        label="I own this risk and have read the assessment", help_text="Your role is checked again on saving."
    )


class GroupFilter(Filters):
    name = django_filters.CharFilter(label="Title", lookup_expr="icontains")
    kind = django_filters.ChoiceFilter(label="Kind", choices=[("risk", "Risk"), ("threat", "Threat")], method="by_kind")

    class Meta:
        model = Group
        fields: list[str] = []

    def by_kind(self, queryset, name, value):
        return queryset.filter(name__startswith=value)


@dataclass
class Row:
    pk: int
    reference: str
    title: str
    level: str
    status: str
    owner: str
    score: int
    review_date: date

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return f"#{self.reference}"


REGISTER = Register(
    key="risks",
    noun="risk",
    order="-score",
    selectable=True,
    page_size=8,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("title", "Risk", kind="main", sort="title"),
        Column("level", "Level", kind="level", sort="level"),
        Column("status", "Status", kind="state"),
        Column("score", "Score", kind="number", sort="score"),
        Column("owner", "Owner", sort="owner"),
        Column("review_date", "Review by", kind="day", sort="review_date"),
    ),
)


def rows(many: int = 60) -> list[Row]:
    titles = (
        "Location history readable on a lost phone",
        "Advertising identifier leaves before consent",
        "Token kept in plain preferences",
    )
    return [
        Row(
            n,
            f"R-{n:04}",
            titles[n % 3],
            LEVELS[n % 5],
            STATES[n % 5],
            ("Ria Okafor", "Ed Lindqvist")[n % 2],
            25 - n % 25,
            NOW.date() + timedelta(n),
        )
        for n in range(1, many + 1)
    ]


def entries() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(
            at=NOW,
            who="Ria Okafor",
            what="accepted the residual risk",
            reference="R-0012",
            url="#",
            reason="Below appetite after C-0007; reviewed with the DPO.",
            changes=None,
        ),
        SimpleNamespace(
            at=NOW,
            who="Ed Lindqvist",
            what="changed the likelihood",
            reference="R-0012",
            url="#",
            reason="",
            changes=[("Likelihood", "4 Likely", "2 Unlikely")],
        ),
    ]


def pictures() -> dict[str, Any]:
    likelihoods = ("1 Rare", "2 Unlikely", "3 Possible", "4 Likely", "5 Expected")
    consequences = ("1 Minor", "2 Limited", "3 Serious", "4 Severe", "5 Grave")
    bands = ((4, "low"), (9, "medium"), (14, "high"), (25, "critical"))
    levels = {(a, b): next(name for top, name in bands if a * b <= top) for a in range(1, 6) for b in range(1, 6)}
    counts = {(1, 2): 3, (2, 3): 4, (3, 3): 2, (3, 4): 5, (4, 4): 1, (5, 5): 1, (2, 1): 7}
    frameworks = [
        CoverageRow("ISO/IEC 27001:2022 Annex A", 57, 18, 93, "#27001"),
        CoverageRow("GDPR", 31, 4, 38, "#gdpr"),
        CoverageRow("OWASP MASVS 2", 24, 0, 24, "#masvs"),
        CoverageRow("PCI DSS 4.0.1", 0, 0, 0),
    ]
    day = date(2026, 1, 1)
    line = {
        "Open": [(day + timedelta(30 * n), v) for n, v in enumerate((4, 9, 14, 13, 15, 12, 12, 10, 11, 12))],
        "Above appetite": [(day + timedelta(30 * n), v) for n, v in enumerate((2, 5, 8, 6, 6, 5, 4, 4, 3, 3))],
    }
    strip = {
        "Access review": ["ok", "ok", "ok", "", "", "ok", "ok", "bad", "ok", "ok", "warn", "ok"],
        "Backup restore test": ["ok", "", "", "ok", "", "", "ok", "", "", "bad", "", ""],
    }
    return {
        "heat": heat_map(counts, levels, likelihoods, consequences, url=lambda a, b: f"#l{a}c{b}"),
        "coverage": coverage(frameworks),
        "trend": trend(line, title="Risks this year"),
        "months": months(strip, date(2025, 12, 1)),
    }


def context(request: Any) -> dict[str, Any]:
    return {
        "request": request,
        "user": Person(),
        "rail": [
            {"label": label, "url": "#", "active": label == "Risks", "count": 4 if label == "Tasks" else 0}
            for label in ("Overview", "Projects", "Controls", "Risks", "Data flows", "Packs", "Timeline", "Tasks")
        ],
        "rail_name": "Lumaro",
        "rail_note": "Stridewell",
        "search_url": "#",
        "tasks_url": "#",
        "tasks_due": 4,
        **pictures(),
        "today": NOW.date(),
        "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "changes": [("Likelihood", "4 Likely", "2 Unlikely"), ("Owner", "", "Ria Okafor")],
        "entries": entries(),
        "form": AcceptanceForm({"title": "", "likelihood": "4", "option": "retain"}),
        "listing": Listing(REGISTER, request, rows()),
        "messages": [Said("success")],
    }


def render_rows(**query: str) -> str:
    """What htmx gets from the register of the guide."""
    request = RequestFactory().get("/", query, headers={"HX-Target": "rows"})
    return REGISTER.respond(request, rows()).content.decode()


def render_guide(**extra: Any) -> str:
    request = RequestFactory().get("/", {"sort": "-score"})
    request.user = AnonymousUser()
    return render_to_string("ui/style_guide.html", {**context(request), **extra}, request=request)
