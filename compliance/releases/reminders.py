"""What falls due at gates: reviews after publication, gates of an emergency, overrides that end."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Value, When
from django.db.models.functions import TruncDate

from compliance.projects.models import Organisation, Project, Release
from compliance.releases.gates import rules
from compliance.releases.models import GateDecision, Verdict
from compliance.tasks.registry import Dues, Several, ahead, reminder, said
from compliance.ui.addresses import filled

Scope = Organisation | Project


@reminder("release-reviews", kind="release")
def reviews(scope: Scope, at: datetime) -> Dues:
    """Published releases that were not looked at again (gate G5)."""
    done = GateDecision.objects.filter(gate="G5").exclude(verdict=Verdict.FAILED).values("release")
    rows = _published(scope).exclude(pk__in=done).annotate(due=_after(rules().review_days)).filter(due__lte=ahead(at))
    return _due(rows, ": look back at the release")


@reminder("release-emergencies", kind="release")
def emergencies(scope: Scope, at: datetime) -> Dues:
    """Emergencies published before they were verified: that follows within days (gates G3 and G4)."""
    known = rules()
    done = GateDecision.objects.filter(gate=known.late_gates[-1]).exclude(verdict=Verdict.FAILED).values("release")
    rows = _published(scope).filter(change_class=known.late_class).exclude(pk__in=done)
    rows = rows.annotate(due=_after({known.late_class: known.late_days})).filter(due__lte=ahead(at))
    return _due(rows, ": verify what was published in an emergency")


@reminder("release-planned", kind="release")
def planned(scope: Scope, at: datetime) -> Several:
    """Releases that are to be published soon: for those who build them, and for those who decide at their gates."""
    rows = Release.objects.kept_in(scope).filter(state=Release.State.PLANNED, planned_date__lte=ahead(at))
    words = {"edit": ": see what holds the release back", "approve": ": decide at its gates"}
    decided = GateDecision.objects.filter(release=OuterRef("pk"), gate="G4").exclude(verdict=Verdict.FAILED)
    waits = {"edit": rows, "approve": rows.exclude(Exists(decided))}
    return Several(
        Dues(
            waits[verb],
            "planned_date",
            said(F("name"), what),
            _page,
            where="project__slug",
            approvers="release",
            verb=verb,
        )
        for verb, what in words.items()
    )


@reminder("release-overrides", kind="release")
def overrides(scope: Scope, at: datetime) -> Dues:
    """Overrides near their last day, of releases that are not published."""
    rows = GateDecision.objects.kept_in(scope).filter(expires_date__lte=ahead(at), release__state="planned")
    title = said(F("gate"), " of ", F("release__name"), ": the override ends")
    key = "release__reference"
    return Dues(rows, "expires_date", title, _page, "decided_by", key=key, where="project__slug")


def _published(scope: Scope) -> Any:
    return Release.objects.kept_in(scope).filter(state=Release.State.RELEASED, released_at__isnull=False)


def _after(days: dict[str, int]) -> TruncDate:
    moments = [
        When(
            change_class=key,
            then=ExpressionWrapper(F("released_at") + Value(timedelta(days=count)), output_field=DateTimeField()),
        )
        for key, count in days.items()
    ]
    return TruncDate(Case(*moments, output_field=DateTimeField()))


def _due(rows: Any, what: str) -> Dues:
    return Dues(rows, "due", said(F("name"), what), _page, where="project__slug")


def _page(scope: Scope, where: str, key: str) -> str:
    return filled("projects:release", where or scope.slug, key)
