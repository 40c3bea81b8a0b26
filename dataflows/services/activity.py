"""Records of processing: drafted and changed. Their review is in services/review.py."""

from collections.abc import Mapping, Sequence
from typing import Any

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects.models import Organisation, Project
from controls.models import Implementation
from dataflows import vocabulary
from dataflows.models import ActivityData, ActivityMeasure, ActivityParty, DataItem, Party, ProcessingActivity
from dataflows.services.review import check_open
from dataflows.services.saving import BadValue, assign, known_codes, remember_author, save


def draft_activity(
    *,
    organisation: Organisation,
    by: User | str,
    reason: str = "",
    project: Project | None = None,
    data: Mapping[DataItem, str] | None = None,
    parties: Sequence[Party] | None = None,
    measures: Sequence[Implementation] | None = None,
    **details: Any,
) -> ProcessingActivity:
    """Begin a record, of one project or shared by all. `data` gives each item's time limit. Raises BadValue."""
    if project and project.organisation_id != organisation.pk:
        raise BadValue("Project: choose a project of the same organisation.")
    activity = ProcessingActivity(organisation=organisation, project=project)
    return _write(activity, by, reason, details, data, parties, measures)


def change_activity(
    *,
    activity: ProcessingActivity,
    by: User | str,
    reason: str = "",
    data: Mapping[DataItem, str] | None = None,
    parties: Sequence[Party] | None = None,
    measures: Sequence[Implementation] | None = None,
    **fields: Any,
) -> ProcessingActivity:
    """Change a record; an approved one asks for a reason, and its approval turns outdated.

    Raises BadValue, WrongState.
    """
    check_open(activity, reason)
    return _write(activity, by, reason, fields, data, parties, measures)


def _write(
    activity: ProcessingActivity,
    by: User | str,
    reason: str,
    fields: dict[str, Any],
    data: Mapping[DataItem, str] | None,
    parties: Sequence[Party] | None,
    measures: Sequence[Implementation] | None,
) -> ProcessingActivity:
    with change(by=by, reason=reason):
        assign(activity, fields)
        activity.subject_categories = known_codes(activity.subject_categories, vocabulary.subjects(), "Data subjects")
        remember_author(activity, by)
        save(activity)
        if data is not None:
            _set_data(activity, data)
        if parties is not None:
            _set_links(ActivityParty, activity, "party", parties)
        if measures is not None:
            _set_links(ActivityMeasure, activity, "implementation", measures)
    return activity


def _set_data(activity: ProcessingActivity, data: Mapping[DataItem, str]) -> None:
    if any(item.organisation_id != activity.organisation_id for item in data):
        raise BadValue("Data: choose items of the same organisation.")
    links = {link.item_id: link for link in activity.data.all()}
    for item, retention in data.items():
        link = links.pop(item.pk, None) or _link(ActivityData, activity, item=item)
        if link._state.adding or link.retention != retention:
            link.retention = retention
            save(link)
    for link in links.values():
        link.delete()


def _set_links(model: type[Any], activity: ProcessingActivity, end: str, rows: Sequence[Any]) -> None:
    """Make the links of one kind what is asked, keeping those that stay."""
    if any(row.organisation_id != activity.organisation_id for row in rows):
        raise BadValue(f"{model._meta.get_field(end).verbose_name.capitalize()}: choose one of the same organisation.")
    wanted = {row.pk: row for row in rows}
    for link in model.objects.filter(activity=activity):
        if wanted.pop(getattr(link, f"{end}_id"), None) is None:
            link.delete()
    for row in wanted.values():
        _link(model, activity, **{end: row}).save()


def _link(model: type[Any], activity: ProcessingActivity, **ends: Any) -> Any:
    return model(organisation=activity.organisation, project=activity.project, activity=activity, **ends)
