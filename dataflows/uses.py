"""What names a system or a kind of data: flows, records, projects and rules, as far as a person may see them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from compliance.projects.models import Project
from dataflows.models import DataFlow, DataItem, Node, ProcessingActivity, RetentionRule, System

MOST = 100  # of each kind; the page says when there are more


@dataclass(frozen=True)
class Uses:
    """Rows of each kind in the order of their references."""

    flows: list[DataFlow]
    records: list[ProcessingActivity]
    projects: list[Project]
    rules: list[RetentionRule]
    items: list[DataItem]
    systems: list[System]


def uses_of_system(system: System, user: Any) -> Uses:
    """The flows that pass it, the records they and it belong to, the projects, and the rules for it."""
    mine = Project.objects.filter(organisation=system.organisation_id).visible_to(user)
    passing = DataFlow.objects.present().filter(stops__node__system=system, project__in=mine)
    records = ProcessingActivity.objects.seen_by(user, system.organisation_id).present()
    records = records.filter(Q(systems__system=system) | Q(flows__in=passing))
    carried = DataItem.objects.filter(Q(flow_links__flow__in=passing) | Q(retention_rules__system=system))
    return _uses(
        passing,
        records,
        mine.filter(pk__in=Node.objects.filter(system=system).values("project")),
        RetentionRule.objects.in_force().filter(system=system),
        carried.filter(organisation=system.organisation_id),
        System.objects.none(),
    )


def uses_of_item(item: DataItem, user: Any) -> Uses:
    """The flows that carry it, the records that cover it, where it is kept, and the rules for it."""
    mine = Project.objects.filter(organisation=item.organisation_id).visible_to(user)
    carrying = DataFlow.objects.present().filter(items__item=item, project__in=mine)
    records = ProcessingActivity.objects.seen_by(user, item.organisation_id).present()
    kept_in = Q(nodes__stops__flow__in=carrying) | Q(retention_rules__item=item)
    return _uses(
        carrying,
        records.filter(Q(data__item=item) | Q(flows__in=carrying)),
        mine.filter(pk__in=carrying.values("project")),
        RetentionRule.objects.in_force().for_item(item),
        DataItem.objects.none(),
        System.objects.filter(kept_in, organisation=item.organisation_id),
    )


def _uses(flows: Any, records: Any, projects: Any, rules: Any, items: Any, systems: Any) -> Uses:
    return Uses(
        list(flows.select_related("project").distinct().order_by("reference")[:MOST]),
        list(records.select_related("organisation", "project").distinct().order_by("reference")[:MOST]),
        list(projects.distinct().order_by("name")[:MOST]),
        list(rules.select_related("organisation", "item", "system").distinct().order_by("reference")[:MOST]),
        list(items.select_related("organisation").distinct().order_by("name")[:MOST]),
        list(systems.select_related("organisation").distinct().order_by("name")[:MOST]),
    )
