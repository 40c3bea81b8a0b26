"""Asking for a pack, finding the work that makes it, calling it off, and trying it again."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from compliance.jobs import services as jobs
from compliance.jobs.models import Job
from compliance.ledger import Refused, change, governed
from compliance.packs.models import DRAFTS, EvidencePack, SignOff, State
from compliance.packs.profiles import profile_of
from compliance.packs.registry import Period, day, subjects_of
from compliance.packs.types import pack_type
from compliance.projects.models import Organisation, Project

KIND = "packs.build"
ISSUE = "packs.issue"


class PackRefused(Refused):
    """The pack cannot be asked for, or moved, like this."""


def request_pack(
    *,
    scope: Organisation | Project,
    type: str,
    as_at: datetime | None = None,
    period: Period,
    profile: str = "internal",
    subject: str = "",
    by: Any,
    reason: str = "",
) -> EvidencePack:
    """Ask for a pack; it is built in the background. Without `as_at` it describes the present moment.

    The same request, still being built, is not made twice, even when two people ask in the same instant: the second
    one gets the pack of the first.
    """
    now = timezone.now()
    _refuse(as_at or now, now, period)
    refuse_arguments(scope, type, profile, subject, as_at or now)
    project = scope if isinstance(scope, Project) else None
    wanted = {
        "organisation_id": project.organisation_id if project else scope.pk,
        "project": project,
        "type": type,
        "subject": subject,
        "period_start_date": period.start,
        "period_end_date": period.end,
        "profile": profile,
    }
    moment = {"as_at": as_at or now, "as_at_request": as_at is None}
    asker = None if isinstance(by, str) else by
    with change(by=by, reason=reason or "Asked for an evidence pack."):
        pack: EvidencePack | None
        try:
            with transaction.atomic():
                pack = EvidencePack.objects.create(**wanted, **moment, requested_by=asker, requested_at=now)
        except IntegrityError:
            pack = _waiting(wanted, as_at)
        if pack is None:  # it was built between the refusal and the look
            pack = EvidencePack.objects.create(**wanted, **moment, requested_by=asker, requested_at=now)
        jobs.enqueue(KIND, {"pack": str(pack.pk)}, by=pack.requested_by, key=str(pack.pk))
    return pack


def job_of(pack: EvidencePack) -> Job | None:
    """The newest job that builds, or built, this pack as a draft, or makes the files of its issue."""
    kind = KIND if pack.state == State.REQUESTED else ISSUE
    return Job.objects.filter(kind=kind, key=str(pack.pk)).order_by("-requested_at").first()


def build_again(*, pack: EvidencePack, by: Any, reason: str = "") -> EvidencePack:
    """Build a draft anew: after a failure, or because its content would read otherwise by now. Sign-offs fall."""
    if pack.state not in {State.REQUESTED, *DRAFTS}:
        raise PackRefused(f"{pack.label} is {pack.get_state_display().lower()}: ask for a new pack instead.")
    with change(by=by, reason=reason or "Asked for the draft again."):
        if pack.state != State.REQUESTED:
            void_sign_offs(pack, "The draft was built anew.")
            for volume in pack.volumes.filter(of_issue=False):
                volume.delete()
            pack.state = State.REQUESTED
            try:
                with transaction.atomic():
                    pack.save()
            except IntegrityError:
                raise PackRefused("The same pack is being built already: wait for that one.") from None
        jobs.enqueue(KIND, {"pack": str(pack.pk)}, by=pack.requested_by, key=str(pack.pk))
    return pack


@governed("Say why the pack is called off, which the pack's page shows")
def discard(*, pack: EvidencePack, by: Any, reason: str) -> EvidencePack:
    """Call a request off, or throw a draft away; its row stays, with the reason."""
    if pack.state not in {State.REQUESTED, *DRAFTS}:
        raise PackRefused(f"{pack.label} is {pack.get_state_display().lower()}: only a draft is discarded.")
    because = reason.strip()
    with change(by=by, reason=because):
        for job in Job.objects.filter(kind__in=(KIND, ISSUE), key=str(pack.pk), state__in=Job.OPEN):
            jobs.cancel(job, because)
        pack.state = State.DISCARDED
        pack.save()
    return pack


def void_sign_offs(pack: EvidencePack, because: str) -> None:
    """Take back every name under the pack; inside a change."""
    for sign_off in SignOff.objects.filter(pack=pack).valid():
        sign_off.voided_at, sign_off.voided_because = timezone.now(), because
        sign_off.save()


def refuse_arguments(scope: Organisation | Project, type: str, profile: str, subject: str, at: datetime) -> None:
    """Raise PackRefused when a pack of this kind cannot be about this, or for this reader."""
    kind, reader = pack_type(type), profile_of(profile)
    if ("project" if isinstance(scope, Project) else "organisation") not in kind.scopes:
        where = " or ".join(f"{'an' if one == 'organisation' else 'a'} {one}" for one in sorted(kind.scopes))
        raise PackRefused(f"A pack of the kind {kind.title} is asked for in {where}: choose another kind.")
    if reader.key not in kind.profiles:
        titles = ", ".join(profile_of(key).title for key in sorted(kind.profiles))
        raise PackRefused(f"A pack of the kind {kind.title} is not made for {reader.title}: choose one of {titles}.")
    if not kind.subject and subject:
        raise PackRefused(f"A pack of the kind {kind.title} is about everything: leave out {subject}.")
    if kind.subject and subject not in {one.reference for one in subjects_of(kind.subject, scope, at)}:
        named = f"there was no {kind.subject} {subject} then" if subject else f"choose the {kind.subject} it is about"
        raise PackRefused(f"A pack of the kind {kind.title} is about one {kind.subject}: {named}.")


def _refuse(at: datetime, now: datetime, period: Period) -> None:
    if at > now:
        raise PackRefused(f"{day(at.date())} has not come yet: a pack describes a moment up to now.")
    if period.start > at.date():
        raise PackRefused(
            f"The period starts on {day(period.start)}, after the moment the pack describes ({day(at.date())})."
        )


def _waiting(wanted: dict[str, Any], as_at: datetime | None) -> EvidencePack | None:
    """The request that stands in the way of a new one."""
    moment: dict[str, Any] = {"as_at_request": True} if as_at is None else {"as_at": as_at}
    return EvidencePack.objects.filter(state=State.REQUESTED, **wanted, **moment).first()
