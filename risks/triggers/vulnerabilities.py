"""Vulnerabilities that are grave or late, and parts of the app that are new: who is asked to look again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from compliance.ledger.models import Entry
from compliance.packs.registry import day
from compliance.projects.models import Organisation, Release
from compliance.ui.addresses import filled
from risks.components import release_before
from risks.models import Component, Risk, Vulnerability, VulnerabilityRisk
from risks.triggering import Hit, trigger
from risks.triggers.controls import start_of

NEW = timedelta(days=30)


def _fed(rows: Any) -> Iterator[tuple[Vulnerability, Risk, datetime]]:
    """Open vulnerabilities with the open risks they feed, and since when these are linked; two queries."""
    links = VulnerabilityRisk.objects.filter(vulnerability__in=rows, risk__in=Risk.objects.open())
    found = links.select_related("vulnerability", "risk__project", "risk__organisation", "risk__owner")
    since = Entry.objects.filter(model="risks.vulnerabilityrisk", object_id__in=links.values("pk"), type="+")
    linked = dict(since.values_list("object_id", "at"))
    for link in found.order_by("risk__reference", "vulnerability__reference"):
        yield link.vulnerability, link.risk, linked.get(link.pk, link.vulnerability.found_at)


@trigger("vulnerability_grave", of="risk")
def grave(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    """An open vulnerability that is critical or exploited feeds the risk."""
    rows = Vulnerability.objects.in_organisation(organisation).open().grave().filter(found_at__lte=at)
    for row, risk, linked in _fed(rows):
        why = "known to be exploited" if row.exploited else "critical"
        yield Hit(
            risk, f"vulnerability:{row.pk}:{why}", f"{row.reference} {row.title} is {why}.", max(row.found_at, linked)
        )


@trigger("vulnerability_late", of="risk")
def late(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    """An open vulnerability past its day feeds the risk."""
    for row, risk, linked in _fed(Vulnerability.objects.in_organisation(organisation).overdue(at.date())):
        if row.due_date is None:
            continue
        since = max(start_of(row.due_date + timedelta(days=1)), linked)
        said = f"{row.reference} {row.title} was to be mended by {day(row.due_date)}."
        yield Hit(risk, f"vulnerability:{row.pk}:late:{row.due_date}", said, since)


@trigger("component_new", of="release", kind="party")
def components(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    """A component list that came in lately has parts the release before did not have."""
    of_release = Component.objects.filter(release=OuterRef("pk"))
    listed = Release.objects.in_organisation(organisation).filter(Exists(of_release)).select_related("project")
    by_project: dict[Any, list[Release]] = {}
    for release in listed.order_by("-planned_date", "-name"):
        by_project.setdefault(release.project_id, []).append(release)
    for releases in by_project.values():
        newest, before = releases[0], release_before(releases[0], releases)
        moment = _came(newest)
        if before is None or moment is None or not at - NEW <= moment <= at:
            continue
        known = Component.objects.filter(release=before, key=OuterRef("key"))
        new = list(Component.objects.filter(release=newest).exclude(Exists(known)).order_by("name")[:6])
        if new:
            names = ", ".join(one.name for one in new[:5]) + (" and more" if len(new) > 5 else "")
            url = filled("risks:components", newest.project.slug)
            yield Hit(newest, f"components:{newest.pk}", f"{newest.name} brings in {names}.", moment, url=url)


def _came(release: Release) -> datetime | None:
    first = Component.objects.filter(release=release).order_by("pk").values_list("pk", flat=True).first()
    entry = Entry.objects.filter(model="risks.component", object_id=first, type="+").order_by("id").first()
    return entry.at if entry else None
