"""Finding flows: what a list of them can be narrowed by."""

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from compliance.ledger.moment import now_read
from compliance.prepared import Rows
from compliance.projects.models import Project
from compliance.ui.filters import Filters, PickFilter
from dataflows.models import DataFlow, DataItem, Node, Party
from dataflows.problems import BASIS, CONTRACT, PLACE, PROTECTION, TRANSFER
from dataflows.totals import flawed

ITEMS = Rows(lambda owner: DataItem.objects.filter(organisation=owner).order_by("name"), owner=UUID)
PARTIES = Rows(lambda owner: Party.objects.filter(organisation=owner).order_by("name"), owner=UUID)
PARTIES_HERE = Rows(
    lambda scope: Party.objects.filter(Exists(Node.objects.filter(party=OuterRef("pk"), project=scope))).order_by(
        "name"
    ),
    scope=UUID,
)


def _items(request: Any) -> Any:
    return ITEMS(owner=getattr(request.scope, "organisation_id", request.scope.pk))


def _parties(request: Any) -> Any:
    scope = request.scope
    return PARTIES_HERE(scope=scope.pk) if isinstance(scope, Project) else PARTIES(owner=scope.pk)


class FlowFilter(Filters):
    """Finding flows."""

    q = django_filters.CharFilter(method="search", label="Words")
    state = django_filters.ChoiceFilter(
        choices=[("present", "not retired"), *DataFlow.State.choices], method="by_state", label="State"
    )
    item = PickFilter("items__item", label="Data", queryset=_items, distinct=True)
    activity = django_filters.CharFilter(method="by_activity", label="Record of processing")
    party = PickFilter("stops__node__party", label="Party", queryset=_parties, distinct=True)
    problem = django_filters.ChoiceFilter(
        choices=[
            ("any", "any"),
            (CONTRACT, "contract"),
            (TRANSFER, "transfer"),
            (BASIS, "legal basis"),
            (PROTECTION, "protection"),
            (PLACE, "place"),
        ],
        method="by_problem",
        label="Problem",
    )

    def search(self, rows: QuerySet[DataFlow], name: str, value: str) -> QuerySet[DataFlow]:
        return rows.filter(Q(title__icontains=value) | Q(purpose__icontains=value) | Q(reference__iexact=value))

    def by_state(self, rows: Any, name: str, value: str) -> QuerySet[DataFlow]:
        return rows.present() if value == "present" else rows.filter(state=value)

    def by_activity(self, rows: QuerySet[DataFlow], name: str, value: str) -> QuerySet[DataFlow]:
        return rows.filter(Q(activity__name__icontains=value) | Q(activity__reference__iexact=value))

    def by_problem(self, rows: Any, name: str, value: str) -> QuerySet[DataFlow]:
        return flawed(rows.present(), now_read().date(), value)
