"""When an app is compared with its papers: after artefacts or papers changed, every day, and when asked."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db.models import Q, QuerySet
from django.utils import timezone

from compliance.accounts.models import User
from compliance.artefacts.models import Artefact
from compliance.jobs.models import Job
from compliance.jobs.services import enqueue
from compliance.ledger.models import Entry
from compliance.projects.models import Release
from dataflows.handed import sources
from dataflows.models import Drift
from dataflows.releases import rank

KIND = "dataflows.drift"
RECENT = timedelta(days=731)
ROOMS = frozenset({"dataflows", "assessments", "projects", "approvals"})


def ask_for_comparison(release: Release, by: User | None = None) -> Job:
    """Have a worker compare; one that waits already does it for both, one that runs has read older records."""
    waiting = jobs_of(release).filter(state=Job.State.QUEUED).first()
    return waiting or enqueue(KIND, {"release": str(release.pk)}, by=by, key=f"{release.pk}:{uuid4().hex}")


def jobs_of(release: Release) -> "QuerySet[Job]":
    """The comparisons of a release that were asked for, the newest first."""
    return Job.objects.filter(kind=KIND, key__startswith=f"{release.pk}:").order_by("-requested_at")


def ask_where_needed(now: datetime | None = None) -> int:
    """Ask for every release in use whose papers changed since it was compared, or that was not compared today."""
    moment, asked = now or timezone.now(), 0
    for release in in_use():
        last = jobs_of(release).filter(state=Job.State.DONE).first()
        if last is None or last.requested_at.date() < moment.date() or _changed(release, last.requested_at):
            ask_for_comparison(release)
            asked += 1
    return asked


def in_use() -> Iterator[Release]:
    """Releases that are planned, and of every project the last published one of two years; those with artefacts."""
    known = set(Artefact.objects.counting().order_by().values_list("release", flat=True).distinct())
    lately = Q(released_at__isnull=True) | Q(released_at__gte=timezone.now() - RECENT)
    rows = Release.objects.filter(lately, pk__in=known).exclude(state=Release.State.WITHDRAWN)
    newest: dict[UUID, Release] = {}
    for release in sorted(rows.select_related("project__organisation"), key=rank):
        if release.released_at is None:
            yield release
        else:
            newest[release.project_id] = release
    yield from newest.values()


def _changed(release: Release, since: datetime) -> bool:
    """Whether something drift reads was written since; what it wrote itself does not count."""
    rooms = ROOMS | {source.__module__.partition(".")[0] for source in sources}
    told = Q()
    for room in sorted(rooms):
        told |= Q(model__startswith=f"{room}.")
    streams = (release.project.stream, release.project.organisation.stream)
    entries = Entry.objects.filter(told, stream__in=streams, at__gt=since)
    return entries.exclude(model=Drift._meta.label_lower).exists()
