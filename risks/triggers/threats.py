"""Threat models are looked at again before a major release."""

from collections.abc import Iterator
from datetime import datetime

from compliance.ledger.models import Entry
from compliance.projects.models import Organisation, Release
from risks.models import ThreatModel
from risks.triggering import Hit, reviewed, trigger
from risks.triggers.register import AHEAD, PUBLISHED

reviewed("risks.threatmodel", mark=lambda row, **said: None, looked_at=lambda row: row.approved_at)


@trigger("release_major", of="threat_model")
def releases(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    """A major release comes within six weeks, or was published a short while ago: is what is modelled still so?"""
    majors = Release.objects.in_organisation(organisation).filter(change_class=Release.ChangeClass.MAJOR)
    near = [row for row in majors.exclude(state=Release.State.WITHDRAWN).select_related("project") if _near(row, at)]
    told = Entry.objects.filter(model="projects.release", object_id__in=[row.pk for row in near], type="+")
    added = dict(told.values_list("object_id", "at"))
    models = ThreatModel.objects.filter(project__in=[row.project_id for row in near], state="approved")
    by_project: dict[object, list[ThreatModel]] = {}
    for model in models.select_related("project__organisation", "author"):
        by_project.setdefault(model.project_id, []).append(model)
    for release in near:
        due = release.planned_date if release.planned_date and release.planned_date > at.date() else None
        for model in by_project.get(release.project_id, ()):
            said = (
                f"Release {release.name} of {release.project.name} is a major one: does {model.reference} still hold?"
            )
            yield Hit(model, f"release:{release.pk}", said, added.get(release.pk, at), due=due, owner=model.author)


def _near(release: Release, at: datetime) -> bool:
    if release.released_at:
        return release.released_at >= at - PUBLISHED
    return not (release.planned_date and release.planned_date > (at + AHEAD).date())
