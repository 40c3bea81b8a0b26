"""Boxes of the overviews as they were drawn last, shown until anything they may show has changed.

A box reads rows of its scope, of the organisation around it, of the projects below it and of the installation; all
these are tracked, so a box holds until an entry is added to one of these histories (`compliance.ledger.growth`), the
day ends, or somebody's role begins or ends.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import Min, Q
from django.dispatch import receiver
from django.utils import timezone

from compliance.ledger.growth import settled, since
from compliance.ledger.models import INSTANCE
from compliance.ledger.redaction import erased
from compliance.projects.models import KeptBox, Membership, Organisation, Project

SHOWN_NOWHERE = ("accounts.signin",)  # no box shows who came in, which happens all the time
CODE = ("*.py", "*.html", "*.json", "*.yaml")
Scope = Organisation | Project


def kept(draw: Mapping[str, Callable[[], str]], scope: Scope) -> dict[str, str]:
    """The text of each box by its name, drawn where none is kept that still holds.

    A name says everything that decides what is shown, but for records and time.
    """
    now = timezone.now()
    keys = {name: _key(name) for name in draw}
    rows = {row.key: row for row in KeptBox.objects.filter(key__in=keys.values(), until__gt=now)}
    if rows:
        came = recorded_since(min(row.mark for row in rows.values()), scope)
        rows = {key: row for key, row in rows.items() if came is not None and _above(came, row.mark) == row.entries}
    found = {name: rows[key].text for name, key in keys.items() if key in rows}
    if missing := {name: draw[name] for name in draw if name not in found}:
        found |= _drawn(missing, scope, now)
    return found


def _drawn(draw: Mapping[str, Callable[[], str]], scope: Scope, now: datetime) -> dict[str, str]:
    """Draw, and keep it if nothing was recorded meanwhile."""
    mark = settled()
    before = recorded_since(mark, scope)
    texts = {name: one() for name, one in draw.items()}
    ends = until(scope, now)
    if before is not None and recorded_since(mark, scope) == before:
        _keep(KeptBox(key=_key(name), text=texts[name], mark=mark, entries=len(before), until=ends) for name in texts)
    return texts


def _keep(rows: Any) -> None:
    try:
        with transaction.atomic():
            KeptBox.objects.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["key"],
                update_fields=["text", "mark", "entries", "until"],
            )
    except OperationalError:
        return  # somebody writes for long: it is drawn again next time


def recorded_since(mark: int, scope: Scope) -> list[int] | None:
    """The entries above the mark that tell of what a page of the scope may show; None when they are too many."""
    if isinstance(scope, Project):
        return since(mark, scope.stream, scope.organisation.stream, INSTANCE, without=SHOWN_NOWHERE)
    return since(mark, scope.stream, INSTANCE, below=[scope.stream], without=SHOWN_NOWHERE)


def _above(entries: list[int], mark: int) -> int:
    return sum(one > mark for one in entries)


def until(scope: Scope, now: datetime) -> datetime:
    """The end of the day, or when somebody's role in the organisation begins or ends before."""
    organisation = scope.organisation if isinstance(scope, Project) else scope
    turns = Membership.objects.filter(organisation=organisation).aggregate(
        begins=Min("since", filter=Q(since__gt=now)), ends=Min("until", filter=Q(until__gt=now))
    )
    midnight = datetime.combine(now.date() + timedelta(days=1), time.min, UTC)
    return min([midnight, *filter(None, turns.values())])


def _key(name: str) -> UUID:
    return UUID(bytes=sha256(f"{_code()} {name}".encode()).digest()[:16])


@cache
def _code() -> str:
    """A hash of what draws: another version draws anew."""
    digest = sha256()
    for folder in ("compliance", "controls", "dataflows", "risks", "templates"):
        for pattern in CODE:
            for path in sorted((settings.BASE_DIR / folder).rglob(pattern)):
                digest.update(path.read_bytes())
    return digest.hexdigest()


def forget(*, before: datetime | None = None) -> None:
    """Drop what is kept, or only what no longer holds at a moment."""
    rows = KeptBox.objects.all()
    (rows if before is None else rows.filter(until__lte=before)).delete()


@receiver(erased, dispatch_uid="projects.kept")
def _forget_erased(**_: Any) -> None:
    forget()
