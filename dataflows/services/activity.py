"""Records of processing: drafted and changed. Their review is in services/review.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects.models import Organisation, Project
from controls.models import Implementation
from dataflows import vocabulary
from dataflows.models import (
    ActivityData,
    ActivityMeasure,
    ActivityParty,
    ActivitySystem,
    DataItem,
    Party,
    ProcessingActivity,
    RetentionRule,
    System,
)
from dataflows.services.purposes import Purposes, asked_purposes, purposes_of, write_purposes
from dataflows.services.review import check_open
from dataflows.services.saving import BadValue, assign, known_codes, remember_author, save

Limit = str | RetentionRule
OF_PURPOSES = ("legal_basis", "law", "article9_condition", "article10_law", "eprivacy", "balancing")


@dataclass(frozen=True)
class _Links:
    """What a record names; None leaves it as it is."""

    data: Mapping[DataItem, Limit] | None
    parties: Sequence[Party] | None
    measures: Sequence[Implementation] | None
    systems: Sequence[System] | None


def draft_activity(
    *,
    organisation: Organisation,
    by: User | str,
    reason: str = "",
    project: Project | None = None,
    purposes: Purposes | None = None,
    data: Mapping[DataItem, Limit] | None = None,
    parties: Sequence[Party] | None = None,
    measures: Sequence[Implementation] | None = None,
    systems: Sequence[System] | None = None,
    **details: Any,
) -> ProcessingActivity:
    """Begin a record, of one project or shared by all. Raises BadValue.

    `data` gives each item's time limit, by a rule or in words. `purposes` are rows, or lines of text that all rest on
    the `legal_basis` and the other details of a purpose given beside them.
    """
    if project and project.organisation_id != organisation.pk:
        raise BadValue("Project: choose a project of the same organisation.")
    activity = ProcessingActivity(organisation=organisation, project=project)
    return _write(activity, by, reason, details, purposes, _Links(data, parties, measures, systems))


def change_activity(
    *,
    activity: ProcessingActivity,
    by: User | str,
    reason: str = "",
    purposes: Purposes | None = None,
    data: Mapping[DataItem, Limit] | None = None,
    parties: Sequence[Party] | None = None,
    measures: Sequence[Implementation] | None = None,
    systems: Sequence[System] | None = None,
    **fields: Any,
) -> ProcessingActivity:
    """Change a record; an approved one asks for a reason, and its approval turns outdated.

    Raises BadValue, WrongState.
    """
    check_open(activity, reason)
    return _write(activity, by, reason, fields, purposes, _Links(data, parties, measures, systems))


def _write(
    activity: ProcessingActivity,
    by: User | str,
    reason: str,
    fields: dict[str, Any],
    purposes: Purposes | None,
    links: _Links,
) -> ProcessingActivity:
    fixed = {name: fields.pop(name) for name in OF_PURPOSES if name in fields}
    with change(by=by, reason=reason):
        assign(activity, fields)
        activity.subject_categories = known_codes(activity.subject_categories, vocabulary.subjects(), "Data subjects")
        remember_author(activity, by)
        save(activity)
        known = purposes_of(activity)
        if (wanted := asked_purposes(known, purposes, fixed)) is not None:
            write_purposes(activity, wanted)
        if links.data is not None:
            _set_data(activity, links.data)
        if links.parties is not None:
            _set_links(ActivityParty, activity, "party", links.parties)
        if links.measures is not None:
            _set_links(ActivityMeasure, activity, "implementation", links.measures)
        if links.systems is not None:
            _set_links(ActivitySystem, activity, "system", links.systems)
    return activity


def follow_assessment(*, activity: ProcessingActivity, status: str, by: User | str, reason: str) -> ProcessingActivity:
    """Say how its impact assessment stands; what judges it calls this, in whatever state the record is."""
    if activity.dpia_status != status:
        with change(by=by, reason=reason):
            activity.dpia_status = ProcessingActivity.Dpia(status)
            activity.save()
    return activity


def _set_data(activity: ProcessingActivity, data: Mapping[DataItem, Limit]) -> None:
    rules = [limit for limit in data.values() if isinstance(limit, RetentionRule)]
    if any(row.organisation_id != activity.organisation_id for row in (*data, *rules)):
        raise BadValue("Data: choose items and retention rules of the same organisation.")
    links = {link.item_id: link for link in activity.data.all()}
    for item, limit in data.items():
        rule, words = (limit, "") if isinstance(limit, RetentionRule) else (None, limit)
        link = links.pop(item.pk, None) or _link(ActivityData, activity, item=item)
        if link._state.adding or (link.rule, link.retention) != (rule, words):
            link.rule, link.retention = rule, words
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
