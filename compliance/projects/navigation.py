"""The rail: names of pages as text, so that the frame knows every room and imports none."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache

from django.urls import NoReverseMatch, reverse

from compliance.projects.models import Organisation, Project
from compliance.projects.roles import allowed


@dataclass(frozen=True)
class Place:
    """One line of the rail; a place without a page for the scope is left out. `tabs` are what its tabs lead to."""

    label: str
    kind: str
    in_organisation: str = ""
    in_project: str = ""
    tabs: tuple[str, ...] = ()


BREACHES = ("risks:breaches", "risks:project_breaches")
TESTS = ("controls:tests", "controls:project_tests")
PLACES = (
    Place("Overview", "project", "projects:organisation", "projects:project"),
    Place("Projects", "project", "projects:projects"),
    Place("Releases", "release", "", "projects:releases", ("dataflows:project_drift",)),
    Place("Requirements", "release", "", "risks:requirements"),
    Place("Assessments", "assessment", "assessments:assessments", "assessments:project_assessments"),
    Place("Frameworks", "framework", "controls:frameworks"),
    Place("Applicability", "applicability", "controls:applicability", "controls:project_applicability"),
    Place("Controls", "implementation", "controls:controls", "controls:project_controls"),
    Place("Evidence", "evidence", "controls:evidence", "controls:project_evidence", TESTS),
    Place("Documents", "document", "controls:documents", tabs=("controls:scope",)),
    Place("Registers", "register", "registers:registers", "registers:project_registers"),
    Place("Risks", "risk", "risks:register", "risks:project_register"),
    Place("Threat models", "risk", "", "risks:threat_models"),
    Place("Vulnerabilities", "risk", "", "risks:vulnerabilities"),
    Place("Incidents", "incident", "risks:incidents", "risks:project_incidents", BREACHES),
    Place("Privacy", "flow", "dataflows:privacy", "dataflows:project_privacy"),
    Place("Data flows", "flow", "dataflows:activities", "dataflows:project_flows"),
    Place("Notices and labels", "flow", "", "dataflows:notices"),
    Place("Impact assessments", "flow", "risks:assessments", "risks:project_assessments"),
    Place("Requests", "request", "dataflows:requests"),
    Place("Parties", "party", "dataflows:parties", tabs=("dataflows:transfers",)),
    Place("Audits", "audit", "controls:audits", "controls:project_audits", ("controls:programmes",)),
    Place("Findings", "audit", "controls:findings", "controls:project_findings"),
    Place("Management review", "review", "controls:management_reviews"),
    Place("Packs", "pack", "packs:organisation_packs", "packs:packs"),
    Place("Timeline", "ledger", "timeline:organisation", "timeline:project"),
    Place("Import and export", "project", "exchange:index", "exchange:project_index"),
    Place("Tasks", "task", "tasks:organisation", "tasks:project"),
    Place("People", "member", "projects:members", "projects:project_members"),
)


@dataclass(frozen=True)
class Line:
    """A line of the rail as it is drawn."""

    label: str
    url: str
    active: bool = False
    tabs: tuple[str, ...] = ()

    def covers(self, path: str) -> int:
        """How much of the path is this place's: the longest wins."""
        return max((len(url) for url in (self.url, *self.tabs) if path.startswith(url)), default=0)


def rail(scope: Organisation | Project, roles: Iterable[str], path: str) -> tuple[Line, ...]:
    """The places this person may open in this scope, the longest matching one marked active."""
    shown = _places(isinstance(scope, Project), scope.slug, frozenset(roles))
    here = max(shown, key=lambda line: line.covers(path), default=None)
    return tuple(replace(line, active=True) if line is here and line.covers(path) else line for line in shown)


@lru_cache(maxsize=500)
def _places(in_project: bool, slug: str, roles: frozenset[str]) -> tuple[Line, ...]:
    shown = []
    for place in PLACES:
        name = place.in_project if in_project else place.in_organisation
        if name and allowed(roles, place.kind, "view"):
            with suppress(NoReverseMatch):
                shown.append(Line(place.label, reverse(name, args=[slug]), tabs=_tabs(place, in_project, slug)))
    return tuple(shown)


def _tabs(place: Place, in_project: bool, slug: str) -> tuple[str, ...]:
    names = [name for name in place.tabs if name.partition(":")[2].startswith("project_") == in_project]
    return tuple(reverse(name, args=[slug]) for name in names)
