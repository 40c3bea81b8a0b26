"""The class of change a build shows against the one published before it."""

from collections.abc import Iterator
from datetime import datetime

from compliance.files.store import FileDamaged
from compliance.projects.models import Release
from compliance.releases.registry import Proposal, class_proposal
from compliance.ui.addresses import filled
from dataflows.build_difference import differences_of
from dataflows.drift.finding import listed


@class_proposal("artefacts", kind="release")
def by_artefacts(release: Release, at: datetime) -> Iterator[Proposal]:
    """New permissions, SDKs, hosts and data types; nothing when there is nothing to compare with."""
    page = filled("projects:release", release.project.slug, release.reference)
    try:
        found = differences_of(release)
    except FileDamaged:  # its own page says so; whoever confirms the class judges without it
        return
    for one in found:
        if weighty := [change.label for change in one.new if change.change_class == one.change_class]:
            yield Proposal(one.change_class, f"{one.name}, new since {one.before.name}: {listed(weighty)}.", page)
