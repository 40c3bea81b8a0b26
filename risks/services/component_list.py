"""Components of a release, as the component lists among its artefacts say; what people listed by hand stays."""

from collections.abc import Iterable

from compliance.artefacts.formats.observation import Observation
from compliance.artefacts.formats.report import Component as Part
from compliance.artefacts.models import Artefact, State
from compliance.artefacts.reading import artefacts_of, observed_of
from compliance.ledger import change
from compliance.projects.models import Release
from risks.models import Component
from risks.services.report import list_components

FOLLOWER = "artefacts"
LISTS = ("cyclonedx", "spdx")


def follow_lists(release: Release) -> tuple[int, int]:
    """Record what the lists name and drop what only a list that no longer counts named; how many of each."""
    lists = [one for one in artefacts_of(release) if one.kind in LISTS]
    gone = Artefact.objects.of(release).filter(kind__in=LISTS, state__in=[State.SUPERSEDED, State.REMOVED])
    named, before = _parts(lists), _parts(gone)
    rows = {str(one): one for one in Component.objects.filter(release=release)}
    new = [part for label, part in named.items() if label not in rows]
    old = [row for label, row in rows.items() if label in before and label not in named]
    if new or old:
        with change(by=FOLLOWER, reason=_reason(lists)):
            for row in old:
                row.delete()
            list_components(release, new)
    return len(new), len(old)


def _reason(lists: list[Artefact]) -> str:
    names = ", ".join(one.reference for one in lists)
    return f"As {names} {'names' if len(lists) == 1 else 'name'} them" if lists else "No component list counts any more"


def _parts(lists: Iterable[Artefact]) -> dict[str, Part]:
    """The parts lists name, each name and version once."""
    found = (_part(fact) for one in lists for fact in observed_of(one).of("sdk") if fact.said("listed") == "true")
    return {part.label: part for part in found}


def _part(fact: Observation) -> Part:
    return Part(
        name=(fact.said("name") or fact.key)[:200],
        version=fact.value[:100],
        purl=fact.said("purl")[:400],
        type=fact.said("type")[:30],
        licence=fact.said("licence")[:200],
        supplier=fact.said("supplier")[:120],
    )
