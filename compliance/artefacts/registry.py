"""Who is told when the artefacts of a release change: rooms register observers in their `observers.py`.

@observer("drift")
def judge(release: Release) -> None: ...

The worker calls every observer after an artefact of the release was read, superseded or removed, outside any
transaction and possibly twice: an observer brings its own rows up to what `reading.build_of(release, platform)` says
now, in changes of its own (`by` a name of a program), and may be killed at any moment.
"""

from collections.abc import Callable

from compliance.projects.models import Release
from compliance.registry import Registry

Observer = Callable[[Release], object]
observers: Registry[Observer] = Registry("artefact observer")


def observer(name: str, *, order: int = 50) -> Callable[[Observer], Observer]:
    """Register who brings something up to date; the lower `order` goes first."""

    def register(observe: Observer) -> Observer:
        return observers.add(name, observe, order=order)

    return register
