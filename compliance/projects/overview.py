"""The boxes this room itself leaves on the overviews: what changed last."""

from typing import Any

from django.urls import NoReverseMatch, reverse

from compliance.ledger.models import Entry, Stream
from compliance.ledger.story import story
from compliance.projects.models import Organisation, Project
from compliance.projects.panels import panel

SHOWN = 6
CONSEQUENCES = ("projects.organisationpermission", "projects.projectpermission")  # they follow from a membership
ABOUT_PEOPLE = ("projects.membership", "projects.invitation")


@panel("organisation", title="Last changes", template="projects/panels/changes.html", kind="ledger", order=90)
def organisation_changes(organisation: Organisation, *, can: Any) -> dict[str, Any]:
    below = Stream.objects.filter(parent=organisation.stream).values("key")
    own = Entry.objects.in_streams(organisation.stream)
    return _changes(organisation, own | Entry.objects.filter(stream__in=below), can)


@panel("project", title="Last changes", template="projects/panels/changes.html", kind="ledger", order=90)
def project_changes(project: Project, *, can: Any) -> dict[str, Any]:
    return _changes(project, Entry.objects.in_streams(project.stream), can)


def _changes(scope: Organisation | Project, entries: Any, can: Any) -> dict[str, Any]:
    hidden = CONSEQUENCES if can.member.view else CONSEQUENCES + ABOUT_PEOPLE
    lines = story(entries.exclude(model__in=hidden).order_by("-id")[:SHOWN])
    place = "project" if isinstance(scope, Project) else "organisation"
    return {
        "lines": [
            (line, _url(f"timeline:{place}_record", scope.slug, line.entry.model, line.entry.object_id))
            for line in lines
        ],
        "all_url": _url(f"timeline:{place}", scope.slug),
    }


def _url(name: str, *args: Any) -> str:
    """Names of pages as text: this room stands below the timeline."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
