"""A person's calendar address, and what it answers: all that waits for them, as days of an iCalendar file."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings

from compliance.accounts.models import User
from compliance.ledger import Refused
from compliance.tasks.models import MailPreference
from compliance.tasks.services.inbox import waiting_for
from compliance.tasks.services.lines import Waiting

if TYPE_CHECKING:
    from icalendar import Event


def preference_of(user: User) -> MailPreference:
    """How the person wants to be told; what is usual when they never said."""
    return MailPreference.objects.filter(user=user).first() or MailPreference(user=user)


def make_calendar(*, user: User, at: datetime) -> str:
    """A new secret for the person's calendar address, shown once; the one before is dead at once."""
    secret, kept = secrets.token_urlsafe(32), preference_of(user)
    kept.calendar_sha256, kept.calendar_since = _digest(secret), at
    kept.save()
    return secret


def stop_calendar(*, user: User) -> None:
    """From now on the address answers nothing."""
    kept = preference_of(user)
    if not kept.calendar_sha256:
        raise Refused("There is no calendar address to switch off.")
    kept.calendar_sha256, kept.calendar_since = "", None
    kept.save()


def owner_of(secret: str) -> User | None:
    """Whose calendar a secret opens."""
    found = MailPreference.objects.filter(calendar_sha256=_digest(secret), user__is_active=True)
    kept = found.select_related("user").first() if secret else None
    return kept.user if kept else None


def calendar_of(user: User, at: datetime) -> bytes:
    """Everything that waits for a person and that they may see now, each on its day."""
    from icalendar import Calendar  # heavy, and asked for by calendars only

    feed = Calendar()
    feed.add("prodid", "-//Assay//Tasks//EN")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", "Assay: what waits for me")
    feed.add("x-published-ttl", "PT1H")
    for line in waiting_for(user, at):
        feed.add_component(_event(line, at))
    return bytes(feed.to_ical())


def _event(line: Waiting, at: datetime) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", f"{_digest(f'{line.url} {line.title}')[:32]}@assay")
    event.add("dtstamp", at)
    event.add("dtstart", line.date)
    event.add("dtend", line.date + timedelta(days=1))
    event.add("summary", f"{line.title} (overdue)" if line.state == "overdue" else line.title)
    event.add("url", f"{settings.ASSAY_URL}{line.url}")
    event.add("transp", "TRANSPARENT")
    if line.reference:
        event.add("description", line.reference)
    return event


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
