"""Telling people by mail what waits for them: digests, what cannot wait, and what has waited too long."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db.models import Max
from django.template.loader import render_to_string
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects.models import Membership, Organisation
from compliance.projects.roles import allowed, role_name
from compliance.tasks.models import MailPreference, MailSent, ReminderRun
from compliance.tasks.registry import reminders
from compliance.tasks.reminding import Step, terms
from compliance.tasks.services.inbox import tasks_open, waiting_for
from compliance.tasks.services.lines import Inbox, Waiting

LOCK, LOCKED = "tasks.remind", 600
Kind = MailSent.Kind
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Team:
    """An organisation with the roles of everybody who works in it now."""

    organisation: Organisation
    roles: dict[User, set[str]]

    def holding(self, role: str) -> list[User]:
        return [user for user, held in self.roles.items() if role in held]


def remind(*, at: datetime | None = None) -> int:
    """Mail whatever is due to be mailed, and keep that it was looked; gives the number of mails.

    One at a time. A mail that fails is tried again at the next call.
    """
    if not cache.add(LOCK, "taken", LOCKED):
        return 0
    try:
        return _remind(at or timezone.now())
    finally:
        cache.delete(LOCK)


def _remind(at: datetime) -> int:
    teams = _teams(at)
    digests = _send_digests({user for team in teams for user in team.roles}, at)
    mailed = sum(1 for sent in digests.values() if sent)
    for team in teams:
        first = not ReminderRun.objects.in_organisation(team.organisation).filter(on_date=at.date()).exists()
        counted = Counter(digests=0, urgent=0, escalated=0, failed=0)
        counted["digests"] = sum(digests.get(user, False) for user in team.roles)
        counted["failed"] = sum(not digests.get(user, True) for user in team.roles)
        counted.update(_send_urgent(team, at))
        counted.update(_escalate(team, at) if first else {})
        mailed += counted["urgent"] + counted["escalated"]
        if first or any(counted.values()):
            keep_run(organisation=team.organisation, at=at, counted=counted)
    return mailed


def _teams(at: datetime) -> list[Team]:
    found: dict[Organisation, dict[User, set[str]]] = {}
    held = Membership.objects.valid(at).filter(user__is_active=True).select_related("user", "organisation")
    for one in held.order_by("organisation__name", "user__name"):
        found.setdefault(one.organisation, {}).setdefault(one.user, set()).add(one.role)
    return [Team(organisation, roles) for organisation, roles in found.items()]


def keep_run(*, organisation: Organisation, at: datetime, counted: dict[str, int]) -> ReminderRun:
    """Note on the day's run what was found and mailed now."""
    total, overdue = Inbox(organisation, at, (tasks_open, *(item.find for item in reminders))).numbers
    with change(by="reminders", reason="Reminders ran"):
        row = ReminderRun.objects.in_organisation(organisation).filter(on_date=at.date()).first()
        row = row or ReminderRun(organisation=organisation, on_date=at.date())
        row.ran_at, row.due, row.overdue = at, total, overdue
        for name, count in counted.items():
            setattr(row, name, getattr(row, name) + count)
        row.save()
    return row


def _send_digests(people: Iterable[User], at: datetime) -> dict[User, bool]:
    """Who was sent a digest now, or should have been; nothing due, no mail."""
    known = {one.user_id: one for one in MailPreference.objects.all()}
    sent = MailSent.objects.filter(kind=Kind.DIGEST).values_list("user").annotate(last=Max("sent_at"))
    last = dict(sent.values_list("user", "last"))
    found = {}
    for user in people:
        preference = known.get(user.pk) or MailPreference(user=user)
        if preference.is_due(at, last.get(user.pk)) and (lines := _near(user, at)):
            found[user] = _digest(user, preference, lines, at)
    return found


def _near(user: User, at: datetime) -> list[Waiting]:
    until = at.date() + timedelta(days=terms().digest_days)
    return [line for line in waiting_for(user, at) if line.date <= until]


def _digest(user: User, preference: MailPreference, lines: list[Waiting], at: datetime) -> bool:
    overdue = [line for line in lines if line.state == "overdue"]
    parts = [f"{len(overdue)} overdue"] if overdue else []
    parts += [f"{len(lines) - len(overdue)} due soon"] if len(lines) > len(overdue) else []
    told = MailSent.objects.filter(kind=Kind.ESCALATION, about__in=[line.url for line in overdue])
    names = dict(told.exclude(user=user).values_list("about", "user__name"))
    context = {
        "overdue": [(line, (at.date() - line.date).days, names.get(line.url, "")) for line in overdue],
        "soon": lines[len(overdue) :],
        "preference": preference,
    }
    return _send(user, f"Your tasks: {', '.join(parts)}", "digest", context, Kind.DIGEST, at, lines=len(lines))


def _send_urgent(team: Team, at: datetime) -> dict[str, int]:
    """Clocks that end by tomorrow: once a day each, whatever the hour, to whom they belong."""
    until, counted = at.date() + timedelta(days=terms().urgent_days), Counter[str]()
    items = [item for item in reminders if item.urgent]
    every = Inbox(team.organisation, at, tuple(item.find for item in items)).order_by() if items else []
    if not any(line.date <= until for line in every):
        return counted
    today = MailSent.objects.filter(kind=Kind.URGENT, organisation=team.organisation, sent_at__gte=_midnight(at))
    done = set(today.values_list("user", "about"))
    for user, roles in team.roles.items():
        finders = tuple(item.find for item in items if allowed(roles, item.kind, "view"))
        lines = Inbox(team.organisation, at, finders, user).order_by() if finders else []
        for item in items:
            if roles & set(terms().unowned.get(item.kind, ())) and allowed(roles, item.kind, "view"):
                lines += [one for one in Inbox(team.organisation, at, (item.find,)).order_by() if not one.owner]
        for line in lines:
            if line.date <= until and (user.pk, line.url) not in done:
                days = (line.date - at.date()).days
                context = {"line": line, "days": days, "late": -days, "organisation": team.organisation}
                subject = f"{'Overdue' if days < 0 else 'Due today' if days == 0 else 'Due tomorrow'}: {line.title}"
                sent = _send(user, subject, "urgent", context, Kind.URGENT, at, team.organisation, line.url)
                counted["urgent" if sent else "failed"] += 1
    return counted


def _escalate(team: Team, at: datetime) -> dict[str, int]:
    """What has been overdue too long is told to somebody else, once for each step, with the reason."""
    counted = Counter[str]()
    for step in terms().steps:
        for user in team.holding(step.to):
            lines = _too_late(team, user, step, at)
            if not lines:
                continue
            told = [(line, (at.date() - line.date).days) for line in lines]
            context = {"lines": told, "step": step, "role": role_name(step.to), "organisation": team.organisation}
            subject = f"{len(lines)} overdue for {step.overdue_days} days or more in {team.organisation}"
            about = [line.url for line in lines]
            sent = _send(
                user, subject, "escalation", context, Kind.ESCALATION, at, team.organisation, *about, step=step.step
            )
            counted["escalated" if sent else "failed"] += 1
    return counted


def _too_late(team: Team, user: User, step: Step, at: datetime) -> list[Waiting]:
    roles = team.roles[user]
    finders = (tasks_open, *(item.find for item in reminders if allowed(roles, item.kind, "view")))
    known = MailSent.objects.filter(kind=Kind.ESCALATION, user=user, step=step.step).values_list("about", flat=True)
    done, last = set(known), at.date() - timedelta(days=step.overdue_days)
    lines = Inbox(team.organisation, at, finders).order_by()
    return [line for line in lines if line.date <= last and line.url not in done and line.owner != user.name]


def _send(
    user: User,
    subject: str,
    template: str,
    context: dict[str, Any],
    kind: str,
    at: datetime,
    organisation: Organisation | None = None,
    *about: str,
    step: int = 0,
    lines: int = 1,
) -> bool:
    """Send one mail and keep that it was sent; False when the mail server does not take it."""
    text = render_to_string(f"tasks/mail/{template}.txt", {**context, "user": user, "site": settings.ASSAY_URL})
    try:
        EmailMessage(" ".join(subject.split())[:150], text, to=[user.email]).send()
    except (OSError, SMTPException) as error:
        log.warning("A reminder to %s is not mailed yet: %s", user.pk, error)
        return False
    _keep(user, kind, at, organisation, about or ("",), step, lines)
    return True


def _keep(
    user: User, kind: str, at: datetime, organisation: Organisation | None, about: Sequence[str], step: int, lines: int
) -> None:
    given = {"user": user, "kind": kind, "organisation": organisation, "step": step, "lines": lines, "sent_at": at}
    MailSent.objects.bulk_create(MailSent(about=one[:400], **given) for one in about)


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
