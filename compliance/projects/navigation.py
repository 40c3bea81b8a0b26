"""The rail: names of pages as text, so that the frame knows every room and imports none."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from compliance.projects.models import Organisation, Project


@dataclass(frozen=True)
class Place:
    """One line of the rail; a place without a page for the scope is left out."""

    label: str
    kind: str
    in_organisation: str = ""
    in_project: str = ""


PLACES = (
    Place("Overview", "project", "projects:organisation", "projects:project"),
    Place("Projects", "project", "projects:projects"),
    Place("Releases", "release", "", "projects:releases"),
    Place("Frameworks", "framework", "controls:frameworks"),
    Place("Applicability", "applicability", "controls:applicability", "controls:project_applicability"),
    Place("Controls", "implementation", "controls:controls", "controls:project_controls"),
    Place("Evidence", "evidence", "controls:evidence", "controls:project_evidence"),
    Place("Risks", "risk", "risks:register", "risks:project_register"),
    Place("Data flows", "flow", "dataflows:activities", "dataflows:project_flows"),
    Place("Parties", "party", "dataflows:parties"),
    Place("Packs", "pack", "packs:organisation_packs", "packs:packs"),
    Place("Timeline", "ledger", "timeline:organisation", "timeline:project"),
    Place("Tasks", "task", "tasks:organisation", "tasks:project"),
    Place("People", "member", "projects:members", "projects:project_members"),
)


def rail(scope: Organisation | Project, can: object, path: str) -> list[dict[str, object]]:
    """The places this person may open in this scope, the longest matching one marked active."""
    shown: list[dict[str, object]] = []
    for place in PLACES:
        name = place.in_project if isinstance(scope, Project) else place.in_organisation
        if not name or not getattr(can, place.kind).view:
            continue
        try:
            shown.append({"label": place.label, "url": reverse(name, args=[scope.slug]), "active": False})
        except NoReverseMatch:
            continue
    here = [line for line in shown if path.startswith(str(line["url"]))]
    if here:
        max(here, key=lambda line: len(str(line["url"])))["active"] = True
    return shown
