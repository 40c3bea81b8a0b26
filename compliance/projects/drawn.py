"""Lists as they were drawn last, kept in this process and shown until anything they may show has changed.

    request.keep = Keep(project, (user.pk, roles))
    text = request.keep.text(("risks", path), draw)     # until something it was drawn from has changed
    value = request.keep("own boxes", draw)             # until anything has, since a value may be read on later

What holds for the boxes of the overviews (`kept.py`) holds here, too: a list reads tracked rows, so it stands until an
entry about one of its models is added to the histories it reads from, the day ends, or somebody's role begins or ends.
What the request read before counts, too: the rows may have been asked for outside `draw`. Each process keeps its own,
since a list is looked at often by one person and quickly drawn: nothing is written for it.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

from django.dispatch import receiver
from django.utils import timezone

from compliance.ledger.growth import Came, settled
from compliance.ledger.moment import moment_read
from compliance.ledger.redaction import erased
from compliance.projects.kept import recorded_since, until
from compliance.projects.models import Organisation, Project
from compliance.projects.reads import ANYTHING, looking_away, touches

Scope: TypeAlias = Organisation | Project
T = TypeVar("T")
EVERYTHING = frozenset({ANYTHING})
LISTS, SCOPES = 60, 500  # kept by a process: some 50 kB a list, some hundred bytes a scope
FEW = 100  # entries above the mark; when they are more, and twice as many as with the last mark, a newer one is sought


@dataclass(eq=False)
class Standing:
    """What had been recorded around a scope when it was looked at last; another one stands for other records."""

    mark: int
    entries: list[Came]
    until: datetime
    few: int


@dataclass(eq=False)
class Drawing:
    """What was drawn, when what stood, and from which models."""

    standing: Standing
    models: frozenset[str]
    value: Any

    def holds(self, now: Standing) -> bool:
        """Whether nothing it was drawn from has changed; as long as it stands with the same mark, that can be told."""
        was = self.standing
        if was is now:
            return True
        if (was.mark, was.until) != (now.mark, now.until) or self._own(was) != self._own(now):
            return False
        self.standing = now
        return True

    def _own(self, standing: Standing) -> list[Came]:
        return [one for one in standing.entries if touches(self.models, one[1])]


_standings: OrderedDict[UUID, Standing] = OrderedDict()
_lists: OrderedDict[Hashable, "Drawing"] = OrderedDict()
_lock = Lock()


@dataclass
class Keep:
    """Gives one person what was drawn for them in a scope, or draws it.

    `who` tells apart people who are shown different things.
    """

    scope: Scope
    who: Hashable
    standing: Standing | None = None
    looked: bool = False
    read: set[str] | None = None  # what the request has read so far, where somebody looks on

    def look(self) -> Standing | None:
        """What stands in the scope now; None when too much came lately to tell. One query, more after a change."""
        if not self.looked:
            with looking_away():
                self.standing, self.looked = _standing(self.scope), True
        return self.standing

    def __call__(self, key: Hashable, draw: Callable[[], T]) -> T:
        """What `draw` gave last. `key` says everything that decides it but for records, time and person."""
        return self._kept(key, draw, lambda: EVERYTHING)

    def text(self, key: Hashable, draw: Callable[[], T]) -> T:
        """The same for what is text throughout: it holds until what it was drawn from changes."""
        return self._kept(key, draw, lambda: frozenset(self.read or EVERYTHING))

    def _kept(self, key: Hashable, draw: Callable[[], T], models: Callable[[], frozenset[str]]) -> T:
        now = self.look()
        if now is None:
            return draw()
        place = (self.scope.pk, self.who, moment_read(), key)
        found = _taken(_lists, place)
        if found is None or not found.holds(now):
            value = draw()
            found = Drawing(now, EVERYTHING if moment_read() else models(), value)
            _put(_lists, place, found, LISTS)
        drawn: T = found.value
        return drawn


def _standing(scope: Scope) -> Standing | None:
    now = timezone.now()
    known = _taken(_standings, scope.pk)
    mark = known.mark if known else settled()
    came = recorded_since(mark, scope)
    if known and came == known.entries and now < known.until:
        return known
    few = known.few if known else FEW
    if came is None or len(came) > few:
        mark = settled()
        came = recorded_since(mark, scope)
        few = max(FEW, 2 * len(came or ()))
    if came is None:
        return None
    fresh = Standing(mark, came, until(scope, now), few)
    _put(_standings, scope.pk, fresh, SCOPES)
    return fresh


def _taken(store: OrderedDict[Any, T], key: Hashable) -> T | None:
    with _lock:
        if key in store:
            store.move_to_end(key)
        return store.get(key)


def _put(store: OrderedDict[Any, T], key: Hashable, value: T, most: int) -> None:
    with _lock:
        store[key] = value
        store.move_to_end(key)
        while len(store) > most:
            store.popitem(last=False)


@receiver(erased, dispatch_uid="projects.drawn")
def forget(**_: Any) -> None:
    """Drop what this process keeps."""
    with _lock:
        _lists.clear()
        _standings.clear()
