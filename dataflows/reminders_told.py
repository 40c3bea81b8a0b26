"""What falls due of what people are told: reviews, and labels and notices that flows were changed under."""

from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import TruncDate

from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Dues, Several, ahead, reminder, said
from compliance.ui.addresses import filled
from dataflows.models import Consent, DataFlow, Notice, StoreDeclaration, TextVersion
from dataflows.models.told import TextState

Scope = Organisation | Project


@reminder("told-reviews", kind="flow")
def told_reviews(scope: Scope, at: datetime) -> Several:
    """Notices, consents and store labels whose review is near."""
    return Several(
        (
            _reviews(scope, at, Notice, F("title")),
            _reviews(scope, at, Consent, F("title")),
            _reviews(scope, at, StoreDeclaration, F("target__app_id")),
        )
    )


def _reviews(scope: Scope, at: datetime, model: type[Any], called: F) -> Dues:
    rows = _in(scope, model).filter(review_date__lte=ahead(at))
    title = said(F("reference"), " ", called, " is to be reviewed")
    page = _page(model.kind)
    return Dues(rows, "review_date", title, page, "owner", where="project__slug")


@reminder("labels-behind", kind="flow")
def labels_behind(scope: Scope, at: datetime) -> Dues:
    """Published store labels older than a flow that was approved since: compare them."""
    rows = behind(_in(scope, TextVersion))
    title = said(F("declaration__reference"), ": flows were approved since it was published, compare it")
    return Dues(
        rows,
        "behind_since",
        title,
        _page("declaration"),
        "declaration__owner",
        reference="declaration__reference",
        key="declaration__reference",
        where="project__slug",
    )


def behind(rows: Any) -> Any:
    """Published label versions with `behind_since`, the day a flow of their project was approved after them."""
    newer = DataFlow.objects.filter(project=OuterRef("project"), approved_at__gt=OuterRef("published_at"))
    latest = newer.exclude(state=DataFlow.State.RETIRED).order_by("-approved_at").values("approved_at")[:1]
    found = rows.filter(state=TextState.PUBLISHED, declaration__isnull=False)
    return found.annotate(behind_since=TruncDate(Subquery(latest))).filter(behind_since__isnull=False)


def _page(kind: str) -> Any:
    def page(scope: Scope, where: str, key: str) -> str:
        return filled(f"dataflows:{kind}", where or scope.slug, key)

    return page


def _in(scope: Scope, model: type[Any]) -> Any:
    return model.objects.in_project(scope) if isinstance(scope, Project) else model.objects.in_organisation(scope)
