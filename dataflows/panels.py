"""Boxes on the overviews: what is wrong with flows, records and parties, each number leading to its rows."""

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation, Project
from compliance.projects.panels import panel
from controls.models import Control
from dataflows import panels_drift as _drift  # noqa: F401  registered with the rest
from dataflows import panels_of_builds as _builds  # noqa: F401  registered with the rest
from dataflows import panels_of_parties as _parties  # noqa: F401  registered with the rest
from dataflows.models import DataFlow, DataItem, Party, ProcessingActivity, RetentionRule, SubjectRequest
from dataflows.models.request import OPEN, RequestState
from dataflows.totals import count_flawed, count_incomplete

SOON = timedelta(days=7)


@panel("project", title="Data flows", template="dataflows/panels/flows.html", kind="flow", order=40)
def flows_of_project(project: Project, *, at: datetime | None = None) -> dict[str, Any]:
    """Flows and records of a project."""
    flows = DataFlow.objects.in_project(project)
    urls = {name: reverse(f"dataflows:project_{name}", args=[project.slug]) for name in ("flows", "activities")}
    urls["map"] = reverse("dataflows:map", args=[project.slug])
    return {"figures": _figures(project, flows, urls["flows"], urls["activities"], at), "urls": urls}


@panel("organisation", title="Data flows", template="dataflows/panels/flows.html", kind="flow", order=40)
def flows_of_organisation(organisation: Organisation, *, at: datetime | None = None) -> dict[str, Any]:
    """Flows and records of all projects, and the parties behind them."""
    flows = DataFlow.objects.in_organisation(organisation)
    urls = {name: reverse(f"dataflows:{name}", args=[organisation.slug]) for name in ("flows", "activities", "parties")}
    figures = _figures(organisation, flows, urls["flows"], urls["activities"], at)
    bare = Party.objects.in_organisation(organisation).without_contract(_day(at)).count()
    figures.append(("Processors without contract", bare, f"{urls['parties']}?contract=missing"))
    return {"figures": figures, "urls": urls}


@panel("organisation", title="Retention", template="dataflows/panels/retention.html", kind="flow", order=42)
def retention_of_organisation(organisation: Organisation, *, at: datetime | None = None) -> dict[str, Any] | None:
    """Data past its rule, disposal overdue, data without a rule; nothing where no rule was ever made."""
    today, rules = _day(at), RetentionRule.objects.in_organisation(organisation)
    counted = rules.aggregate(
        all=Count("pk", filter=Q(ended_date__isnull=True)),
        overrun=Count("pk", filter=Q(ended_date__isnull=True, gone_by_date__lt=today)),
        due=Count("pk", filter=Q(ended_date__isnull=True, next_run_date__lt=today)),
    )
    if not counted["all"]:
        return None
    url, items = (reverse(f"dataflows:{name}", args=[organisation.slug]) for name in ("retention_rules", "items"))
    bare = DataItem.objects.in_organisation(organisation).without_rule().count()
    figures = [
        ("Rules in force", counted["all"], f"{url}?force=yes"),
        ("Data past its rule", counted["overrun"], f"{url}?due=overrun"),
        ("Disposal overdue", counted["due"], f"{url}?due=run"),
        ("Data without a rule", bare, f"{items}?limit=missing"),
    ]
    return {"figures": figures, "url": url}


@panel(
    "organisation",
    title="Requests of data subjects",
    template="dataflows/panels/requests.html",
    kind="request",
    order=41,
)
def requests_of_organisation(organisation: Organisation, *, at: datetime | None = None) -> dict[str, Any] | None:
    """What is open at the desk, what is late, what waits for a second person; nothing where nobody ever asked."""
    moment = at or now_read()
    rows = SubjectRequest.objects.in_organisation(organisation)
    url = reverse("dataflows:requests", args=[organisation.slug])
    opened, late = Q(state__in=OPEN), Q(state__in=OPEN, due_date__lt=moment.date())
    soon = Q(state__in=OPEN, due_date__gte=moment.date(), due_date__lte=moment.date() + SOON)
    counted = rows.aggregate(
        all=Count("pk"),
        open=Count("pk", filter=opened),
        late=Count("pk", filter=late),
        soon=Count("pk", filter=soon),
        check=Count("pk", filter=Q(state=RequestState.QUALITY_CHECK)),
    )
    if not counted["all"]:
        return None
    figures = [
        ("Open", counted["open"], f"{url}?state=open"),
        ("Overdue", counted["late"], f"{url}?clock=late"),
        ("Due within a week", counted["soon"], f"{url}?state=open&sort=due_date"),
        ("To be checked", counted["check"], f"{url}?state=quality_check"),
    ]
    return {"figures": figures, "url": url}


def _figures(
    scope: Organisation | Project, flows: Any, flows_url: str, records_url: str, at: datetime | None
) -> list[tuple[str, int, str]]:
    """Label, number, and the address of the rows that are counted."""
    present = flows.present()
    counted = present.aggregate(all=Count("pk"), waiting=Count("pk", filter=Q(state=DataFlow.State.DPO_REVIEW)))
    return [
        ("Flows", counted["all"], f"{flows_url}?state=present"),
        ("Flows to mend", count_flawed(scope, _day(at)), f"{flows_url}?problem=any"),
        ("Waiting for the DPO", counted["waiting"], f"{flows_url}?state=dpo_review"),
        ("Records with letters missing", count_incomplete(scope), f"{records_url}?letters=missing"),
    ]


def _day(at: datetime | None) -> Any:
    return at.date() if at else now_read().date()


@panel("control", title="Processing it protects", template="dataflows/panels/of_control.html", kind="flow")
def processing_of_control(control: Control, *, user: Any, at: datetime | None = None) -> dict[str, Any] | None:
    """The records that name the control as a security measure (Art. 30(1)(g)); without a person, the shared ones."""
    seen = ProcessingActivity.objects.seen_by(user, control.organisation).present()
    rows = seen.filter(measures__implementation__control=control).distinct().select_related("organisation", "project")
    return {"rows": rows.order_by("reference")[:20]}


import_module("dataflows.panels_told")
