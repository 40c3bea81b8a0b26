"""One click, seven fields: the history read in steps, each of them everything one change set wrote.

A page costs two queries for its steps and a fixed number per table it tells of, however long the history is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, Window
from django.db.models.functions import RowNumber

from compliance.accounts.models import SignIn, User
from compliance.ledger.models import INSTANCE, Entry, EntryQuerySet
from compliance.ledger.story import Line, story
from compliance.projects.models import Membership, Organisation, Project

PAGE = 30  # steps
SHOWN = 8  # records of a step that the list shows; its own page shows them all
WHOLE = 200  # records on a step's own page

KINDS: dict[str, tuple[str, frozenset[str]]] = {
    "sign_in": ("sign-ins", frozenset({"accounts.signin"})),
    "export": ("exports and downloads", frozenset({"files.disclosure"})),
    "permission": (
        "people and permissions",
        frozenset(
            {
                "accounts.user",
                "projects.membership",
                "projects.invitation",
                "projects.organisationpermission",
                "projects.projectpermission",
            }
        ),
    ),
    "redaction": ("redactions", frozenset({"ledger.redaction"})),
}
ABOUT_PEOPLE = KINDS["permission"][1] | KINDS["sign_in"][1]
APART = frozenset().union(*(models for _, models in KINDS.values()))


@dataclass(frozen=True)
class Step:
    """What one change set wrote, newest record first; `lines` may be the first of `total`."""

    change_set: UUID
    lines: list[Line]
    total: int

    @property
    def first(self) -> Line:
        return self.lines[0]

    @property
    def more(self) -> int:
        return self.total - len(self.lines)


def entries_of(scope: Organisation | Project, streams: Sequence[str], *, people: bool) -> EntryQuerySet:
    """The entries a timeline reads: those of the streams, and what happened at the doors of the scope's people."""
    wanted = Q(stream__in=streams)
    if people:
        whole = isinstance(scope, Organisation)
        memberships = Membership.objects.filter(**{"organisation" if whole else "project": scope})
        here = User.objects.filter(pk__in=memberships.values("user"))
        doors = SignIn.objects.filter(user__in=here)
        wanted |= Q(stream=INSTANCE, model="accounts.signin", object_id__in=doors.values("pk"))
        wanted |= Q(stream=INSTANCE, model="accounts.user", object_id__in=here.values("pk"))
    found = Entry.objects.filter(wanted)
    return found if people else found.exclude(model__in=ABOUT_PEOPLE)


def steps(entries: EntryQuerySet, *, before: int | None = None) -> tuple[list[Step], int | None]:
    """One page of steps, newest first, and the entry to go on `before` when there are older ones."""
    later = entries.filter(change_set=OuterRef("change_set"), id__gt=OuterRef("id"))
    heads = entries.filter(~Exists(later)).order_by("-id")
    if before is not None:
        heads = heads.filter(id__lt=before)
    found = list(heads.values_list("id", "change_set")[: PAGE + 1])
    page = found[:PAGE]
    return _read(entries, [change_set for _, change_set in page]), page[-1][0] if len(found) > PAGE else None


def one_step(entries: EntryQuerySet, change_set: UUID, *, before: int | None = None) -> tuple[Step | None, int | None]:
    """One step in full, so many records to a page, and the entry to go on `before`."""
    mine = entries.filter(change_set=change_set).order_by("-id")
    rows = list((mine.filter(id__lt=before) if before is not None else mine)[: WHOLE + 1])
    if not rows:
        return None, None
    page = rows[:WHOLE]
    return Step(change_set, story(page), mine.count()), page[-1].pk if len(rows) > WHOLE else None


def _read(entries: EntryQuerySet, change_sets: list[Any]) -> list[Step]:
    """The newest records of each step, with how many it has in all."""
    rows = (
        entries.filter(change_set__in=change_sets)
        .annotate(
            place=Window(RowNumber(), partition_by="change_set", order_by="-id"),
            total=Window(Count("id"), partition_by="change_set"),
        )
        .filter(place__lte=SHOWN)
        .order_by("-id")
    )
    lines: dict[Any, list[Line]] = {}
    for line in story(list(rows)):
        lines.setdefault(line.entry.change_set, []).append(line)
    return [Step(one, lines[one], lines[one][0].entry.total) for one in change_sets]  # type: ignore[attr-defined]
