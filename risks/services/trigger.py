"""Asking for another look, once for each cause, and noting when it was done. No score is ever changed here."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed
from compliance.ledger.context import simulated_moment
from compliance.projects.models import Organisation
from risks.models import Reassessment
from risks.triggering import Hit, Trigger, edition, found, reviewables, rules

CHUNK = 50
EVALUATOR = "triggers"


def evaluate(
    organisation: Organisation, *, at: datetime | None = None, events: Collection[str] = ()
) -> list[Reassessment]:
    """Ask for what the records say is to be looked at again and nobody asked for yet; all events, or some.

    Running it twice asks once; killed in between, the next run asks for the rest.
    """
    moment = at or simulated_moment() or timezone.now()
    asked: list[Reassessment] = []
    for one in found():
        if not events or one.event in events:
            asked += ask(one, one.find(organisation, moment), organisation)
    return asked


def ask(
    one: Trigger, hits: Iterable[Hit], organisation: Organisation, by: User | str = EVALUATOR
) -> list[Reassessment]:
    """Leave a request for each hit nobody asked for, some at a time, each lot in a transaction of its own."""
    known = set(
        Reassessment.objects.in_organisation(organisation).filter(event=one.event).values_list("target_id", "cause")
    )
    news = (hit for hit in hits if (hit.target.pk, hit.cause) not in known and not _looked_since(hit, one.event))
    asked: list[Reassessment] = []
    while chunk := list(islice(news, CHUNK)):
        try:
            with change(by=by):
                asked += [row for hit in chunk if (row := _ask(one, hit, organisation, by, known))]
        except IntegrityError:  # somebody else asks for the same at this moment
            continue
    return asked


def settle(target: Any, *, by: User | str, outcome: str, events: Collection[str] = ()) -> int:
    """Note that a record was looked at: what was asked of it (because of some events, or all) is done."""
    moment = simulated_moment() or timezone.now()
    found = Reassessment.objects.open().about(target)
    rows = list(found.filter(event__in=events) if events else found)
    with change(by=by):
        for row in rows:
            row.settled_at, row.outcome = moment, outcome[:500]
            row.save()
    return len(rows)


@governed("Say what the look found")
def settle_one(*, row: Reassessment, by: User, reason: str) -> Reassessment:
    """Say that a record was looked at and nothing had to change."""
    if not row.is_open:
        raise Refused(f"{row.target_reference} was looked at already: {row.outcome}")
    with change(by=by, reason=reason):
        row.settled_at, row.outcome = simulated_moment() or timezone.now(), reason.strip()
        row.save()
    return row


def _ask(
    one: Trigger, hit: Hit, organisation: Organisation, by: User | str, known: set[tuple[Any, str]]
) -> Reassessment | None:
    if (hit.target.pk, hit.cause) in known:
        return None
    known.add((hit.target.pk, hit.cause))
    rule, target = rules()[one.event], hit.target
    with change(by=by, reason=hit.reason):
        if rule.notice:
            settle(target, by=by, outcome=hit.reason, events={one.event})
        row = Reassessment(
            organisation=organisation,
            project=getattr(target, "project", None),
            event=one.event,
            edition=edition(),
            cause=hit.cause,
            target_model=target._meta.label_lower,
            target_id=target.pk,
            target_reference=target.reference or str(target)[:60],
            url=hit.url or target.get_absolute_url(),
            kind=one.kind,
            action=hit.action or rule.action,
            reason=hit.reason,
            severity=rule.severity,
            owner=hit.owner or getattr(target, "owner", None),
            happened_at=hit.at,
            due_date=hit.due or (hit.at + timedelta(days=rule.days)).date(),
            notice=rule.notice,
        )
        row.save()
        known_how = reviewables.get(target._meta.label_lower)
        if known_how and not rule.notice:
            known_how.mark(target, by=by, reason=hit.reason)
    return row


def _looked_since(hit: Hit, event: str) -> bool:
    if rules()[event].notice:
        return False
    known_how = reviewables.get(hit.target._meta.label_lower)
    looked = known_how.looked_at(hit.target) if known_how else None
    return looked is not None and looked >= hit.at


def open_for(target: Any) -> Iterator[Reassessment]:
    """What is asked of a record, the nearest day first."""
    yield from Reassessment.objects.open().about(target).order_by("due_date", "happened_at")
