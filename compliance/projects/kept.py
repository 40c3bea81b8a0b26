"""Boxes of the overviews as they were drawn last, shown until anything they may show has changed.

A box reads rows of its scope, of the organisation around it, of the projects below it and of the installation; all
these are tracked, so a box holds until an entry about a model it was drawn from (`reads.py`) is added to one of these
histories (`compliance.ledger.growth`), the day ends, or somebody's role begins or ends.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
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

from compliance.ledger.growth import Came, settled, since
from compliance.ledger.models import INSTANCE
from compliance.ledger.redaction import erased
from compliance.projects.models import KeptBox, Membership, Organisation, Project
from compliance.projects.reads import reading, touches

SHOWN_NOWHERE = ("accounts.signin",)  # no box shows who came in, which happens all the time
CODE = ("*.py", "*.html", "*.json", "*.yaml")
FEW = 100  # entries above the mark of a box; when they are more, a newer one is sought
Scope = Organisation | Project


def kept(draw: Mapping[str, Callable[[], str]], scope: Scope) -> dict[str, str]:
    """The text of each box by its name, drawn where none is kept that still holds.

    A name says everything that decides what is shown, but for records and time.
    """
    now = timezone.now()
    keys = {name: _key(name) for name in draw}
    rows = _holding(list(KeptBox.objects.filter(key__in=keys.values(), until__gt=now)), scope)
    found = {name: rows[key].text for name, key in keys.items() if key in rows}
    if missing := {name: draw[name] for name in draw if name not in found}:
        found |= _drawn(missing, scope, now)
    return found


def _holding(rows: list[KeptBox], scope: Scope) -> dict[UUID, KeptBox]:
    """Those that nothing was recorded about since; one query, and more when a box has held for long."""
    if not rows:
        return {}
    oldest = min(row.mark for row in rows)
    came = recorded_since(oldest, scope)
    if came is None or len(came) <= FEW:
        return {row.key: row for row in rows if _holds(row, came)}
    mark = settled()
    came = recorded_since(oldest, scope)
    found = {row.key: row for row in rows if _holds(row, came)}
    _keep([_moved(row, mark, came or []) for row in found.values() if row.mark < mark])
    return found


def _holds(row: KeptBox, came: list[Came] | None) -> bool:
    return came is not None and about(came, row.mark, set(row.models_read.split())) == row.entries


def _moved(row: KeptBox, mark: int, came: list[Came]) -> KeptBox:
    row.mark, row.entries = mark, about(came, mark, set(row.models_read.split()))
    return row


def about(came: list[Came], mark: int, models: Collection[str]) -> int:
    """How many entries above the mark tell of what something was drawn from."""
    return sum(one > mark and touches(models, changed) for one, changed in came)


def _drawn(draw: Mapping[str, Callable[[], str]], scope: Scope, now: datetime) -> dict[str, str]:
    """Draw, and keep it if nothing was recorded meanwhile."""
    mark = settled()
    before = recorded_since(mark, scope)
    texts, read = {}, {}
    for name, one in draw.items():
        with reading() as read[name]:
            texts[name] = one()
    ends = until(scope, now)
    if before is not None and recorded_since(mark, scope) == before:
        _keep(
            KeptBox(
                key=_key(name),
                text=texts[name],
                mark=mark,
                models_read=" ".join(sorted(read[name])),
                entries=about(before, mark, read[name]),
                until=ends,
            )
            for name in texts
        )
    return texts


def _keep(rows: Iterable[KeptBox]) -> None:
    try:
        with transaction.atomic():
            KeptBox.objects.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["key"],
                update_fields=["text", "mark", "models_read", "entries", "until"],
            )
    except OperationalError:
        return  # somebody writes for long: it is drawn again next time


def recorded_since(mark: int, scope: Scope) -> list[Came] | None:
    """The entries above the mark that tell of what a page of the scope may show; None when they are too many."""
    if isinstance(scope, Project):
        return since(mark, scope.stream, scope.organisation.stream, INSTANCE, without=SHOWN_NOWHERE)
    return since(mark, scope.stream, INSTANCE, below=[scope.stream], without=SHOWN_NOWHERE)


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
