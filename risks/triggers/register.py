"""What time and decisions do to risks: days reached, acceptances that end, releases, a new method."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max

from compliance.accounts.models import User
from compliance.ledger.models import Entry
from compliance.packs.registry import day
from compliance.projects.models import Organisation, Release
from controls.models import EditionStatus, Statement
from risks.models import Risk, RiskAcceptance, RiskMethod
from risks.services.register import MOVES, move_risk
from risks.triggering import Hit, reviewed, trigger
from risks.triggers.controls import NOTICES, start_of

AHEAD, PUBLISHED = timedelta(days=45), timedelta(days=60)


def mark(risk: Risk, *, by: User | str, reason: str) -> None:
    """An open risk that was assessed becomes due for review; one that waits for it already stays."""
    now = Risk.objects.get(pk=risk.pk)
    if now.state in MOVES["flag"][0]:
        move_risk(risk=now, verb="flag", by=by, reason=reason)


reviewed("risks.risk", mark=mark, looked_at=lambda risk: risk.reviewed_at)


def _risks(organisation: Organisation) -> Any:
    rows = Risk.objects.open().in_organisation(organisation)
    return rows.select_related("project", "organisation", "owner").order_by("reference")


@trigger("review_reached", of="risk")
def reviews(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    """The day of the next review is over."""
    for risk in _risks(organisation).filter(next_review_date__lt=at.date()):
        said = f"Its review was due on {day(risk.next_review_date)}."
        since = start_of(risk.next_review_date + timedelta(days=1))
        yield Hit(risk, f"review:{risk.next_review_date}", said, since, due=risk.next_review_date)


@trigger("acceptance_expiring", of="risk")
def acceptances_ending(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    """60, 30 and 7 days before the last day of an acceptance that is relied on."""
    for row in _relied_on(organisation).filter(
        valid_until__gte=at.date(), valid_until__lte=at.date() + timedelta(days=max(NOTICES))
    ):
        left = next(days for days in NOTICES if (row.valid_until - at.date()).days <= days)
        said = f"{row.get_kind_display()} {row.reference} ends on {day(row.valid_until)}."
        since = start_of(row.valid_until - timedelta(days=left))
        yield Hit(row.risk, f"acceptance:{row.pk}:{left}", said, since, due=row.valid_until)


@trigger("acceptance_expired", of="risk")
def acceptances_over(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    """The last day of an acceptance that is relied on is over."""
    for row in _relied_on(organisation).filter(valid_until__lt=at.date()):
        said = f"{row.get_kind_display()} {row.reference} ended on {day(row.valid_until)}."
        since = start_of(row.valid_until + timedelta(days=1))
        yield Hit(row.risk, f"acceptance:{row.pk}", said, since, due=row.valid_until)


def _relied_on(organisation: Organisation) -> Any:
    rows = RiskAcceptance.objects.in_organisation(organisation).relied_on().for_open_risks()
    return rows.select_related("risk__project", "risk__organisation", "risk__owner")


@trigger("release_major", of="risk")
def releases(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    """A major release comes within six weeks (or nobody said when), or was published a short while ago."""
    rows = Release.objects.in_organisation(organisation).filter(change_class=Release.ChangeClass.MAJOR)
    rows = rows.exclude(state=Release.State.WITHDRAWN).select_related("project")
    told = Entry.objects.filter(model="projects.release", object_id__in=[row.pk for row in rows], type="+")
    added = dict(told.order_by().values_list("object_id").annotate(Max("at")))
    for release in rows:
        if release.released_at and release.released_at < at - PUBLISHED:
            continue
        if not release.released_at and release.planned_date and release.planned_date > (at + AHEAD).date():
            continue
        due = release.planned_date if release.planned_date and release.planned_date > at.date() else None
        said = f"Release {release.name} of {release.project.name} is a major one."
        for risk in _risks(organisation).filter(project=release.project_id):
            yield Hit(risk, f"release:{release.pk}", said, added.get(release.pk, at), due=due)


@trigger("method_changed", of="risk")
def methods(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    """Scores made by an earlier version keep it; the risk is to be assessed again by the one in force."""
    method = RiskMethod.objects.in_force(organisation)
    if method is None:
        return
    since = method.approved_at or at
    older = Risk.objects.filter(positions__isnull=False).exclude(positions__method=method)
    for risk in _risks(organisation).filter(pk__in=older.values("pk")):
        said = f"Its scores were made before {method.label} came into force on {day(since.date())}: they keep theirs."
        yield Hit(risk, f"method:{method.pk}", said, since)


@trigger("edition_changed", of="statement", kind="applicability")
def editions(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    """A statement of applicability stands on an edition that was replaced."""
    rows = Statement.objects.in_organisation(organisation).filter(edition__status=EditionStatus.SUPERSEDED)
    for row in rows.select_related("edition", "project", "organisation", "owner"):
        said = f"{row.edition.label} was replaced by a newer edition: what is new has to be decided."
        yield Hit(row, f"edition:{row.edition_id}", said, at)
