"""Asking for a pack, and finding the work that makes it."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from compliance.jobs.models import Job
from compliance.jobs.services import enqueue
from compliance.ledger import Refused, change
from compliance.packs.models import EvidencePack
from compliance.packs.registry import Period, day
from compliance.packs.types import pack_type
from compliance.projects.models import Project

KIND = "packs.build"


class PackRefused(Refused):
    """The pack cannot be asked for like this."""


def request_pack(
    *,
    project: Project,
    type: str,
    as_at: datetime | None = None,
    period: Period,
    profile: str = EvidencePack.Profile.INTERNAL,
    by: Any,
    reason: str = "",
) -> EvidencePack:
    """Ask for a pack; it is built in the background. The same request, still waiting, is not made twice."""
    now = timezone.now()
    at = as_at or now
    pack_type(type)
    if at > now:
        raise PackRefused(f"{day(at.date())} has not come yet: a pack describes a moment up to now.")
    if period.start > at.date():
        raise PackRefused(
            f"The period starts on {day(period.start)}, after the moment the pack describes ({day(at.date())})."
        )
    waiting = EvidencePack.objects.in_project(project).filter(
        state=EvidencePack.State.REQUESTED,
        type=type,
        as_at=at,
        period_start_date=period.start,
        period_end_date=period.end,
        profile=profile,
    )
    with change(by=by, reason=reason or "Asked for an evidence pack."):
        pack = waiting.first() or EvidencePack.objects.create(
            project=project,
            type=type,
            as_at=at,
            period_start_date=period.start,
            period_end_date=period.end,
            profile=profile,
            requested_by=None if isinstance(by, str) else by,
            requested_at=now,
        )
        enqueue(KIND, {"pack": str(pack.pk)}, by=pack.requested_by, key=str(pack.pk))
    return pack


def job_of(pack: EvidencePack) -> Job | None:
    """The newest job that builds, or built, this pack."""
    return Job.objects.filter(kind=KIND, key=str(pack.pk)).order_by("-requested_at").first()
