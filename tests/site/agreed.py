"""`python -m tests.site.agreed`: on the demonstration, what overviews count in the database is what the rows say.

Prints each scope and day on which something differs, and at the end how many were compared.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.utils import timezone  # noqa: E402  apps first

from compliance.projects.access import Can  # noqa: E402
from compliance.projects.models import Organisation, Project  # noqa: E402
from compliance.tasks.services import nearest_in, waiting_in  # noqa: E402
from controls.services.coverage import DIRECT, GAP, MAPPED, coverage_of, read  # noqa: E402
from controls.services.soa import lines, present  # noqa: E402
from controls.totals import contradicting  # noqa: E402
from dataflows.letters import missing  # noqa: E402
from dataflows.models import DataFlow, ProcessingActivity  # noqa: E402
from dataflows.problems import problems  # noqa: E402
from dataflows.totals import flawed, incomplete  # noqa: E402

DAYS = (-100, 0, 400)
SHOWN, VERDICTS = 7, (DIRECT, MAPPED, GAP)


def compared(scope: Any, days: int) -> Iterator[tuple[str, Any, Any]]:
    """What is compared, as an overview has it, and as the rows have it."""
    at, can = timezone.now() + timedelta(days=days), Can({"compliance_officer"}, "task")
    whole, first = waiting_in(scope, can, at), nearest_in(scope, can, at, SHOWN)
    late = sum(line.state == "overdue" for line in whole)
    yield "what falls due", (first.total, first.overdue), (len(whole), late)
    yield "days", [line.date for line in first.lines], [line.date for line in whole[:SHOWN]]
    counted = contradicting(scope, at.date())
    wrong = Counter(
        line.row.requirement.edition_id for line in lines(present(scope), scope, at.date()) if line.problems
    )
    yield "contradictions", +counted, wrong
    picture, asked = read(scope)
    verdicts = Counter((row.edition, picture.verdict(row.requirement)) for row in asked)
    tallies = {(one.edition.pk, verdict): getattr(one, verdict) for one in coverage_of(scope) for verdict in VERDICTS}
    yield "coverage", +Counter(tallies), verdicts
    records, flows = _of(scope, ProcessingActivity).present(), _of(scope, DataFlow).present()
    lacking = {row for row in records.complete() if missing(row, row.organisation)}
    yield "letters", set(incomplete(records)), lacking
    flawless = {flow for flow in flows.complete() if problems(flow, at.date())}
    yield "flows", set(flawed(flows, at.date())), flawless
    yield "lines", [line for line in first.lines if line not in whole], []


def _of(scope: Any, model: Any) -> Any:
    return model.objects.in_project(scope) if isinstance(scope, Project) else model.objects.in_organisation(scope)


def main() -> None:
    organisation = Organisation.objects.get(demonstration=True)
    projects = Project.objects.in_organisation(organisation).select_related("organisation").order_by("reference")
    count = 0
    for scope in (organisation, *projects[:3]):
        for days in DAYS:
            for what, counted, told in compared(scope, days):
                count += 1
                if counted != told:
                    print(f"{what} of {scope} in {days} days: {counted}, but {told}")  # noqa: T201
    print(count)  # noqa: T201


if __name__ == "__main__":
    main()
