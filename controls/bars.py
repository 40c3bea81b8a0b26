"""Coverage as bars of a picture, each leading to its rows."""

from collections.abc import Iterable

from compliance.projects.models import Organisation, Project
from compliance.ui.pictures import CoverageRow
from controls.addresses import address
from controls.services.coverage import Tally


def bars(scope: Organisation | Project, tallies: Iterable[Tally]) -> list[CoverageRow]:
    """One bar for each edition."""
    return [
        CoverageRow(
            one.edition.label, one.direct, one.mapped, one.total, address(scope, "coverage_edition", one.edition.key)
        )
        for one in tallies
    ]
