"""A project of 1,000 risks with 100,000 history rows: the past beside the present, page by page."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import as_of, change, simulate
from compliance.ledger.past import past
from compliance.projects.models import Project
from compliance.projects.past import written
from compliance.projects.services import create_organisation, create_project
from risks.models import Risk
from risks.services import identify_risk
from tests.risks.conftest import SCENARIO

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]
RECORDS, VERSIONS = 1000, 100
OPENED = timezone.now() - timedelta(days=300)
MIDDLE = OPENED + timedelta(days=VERSIONS)  # half of the history is older, half is younger


@pytest.fixture
def volume(mara: User) -> Project:
    """Every risk was changed every second day; only a demonstration may date its history."""
    with simulate(OPENED):
        organisation = create_organisation(name="Volume", by="tests", admin=mara, demonstration=True)
        project = create_project(organisation=organisation, name="Volume", by=mara)
        first = identify_risk(organisation=organisation, project=project, by=mara, owner=mara, **SCENARIO)
        names = [field.attname for field in Risk._meta.concrete_fields if field.name not in ("id", "reference")]
        kept = {name: getattr(first, name) for name in names}
        with change(by=mara):
            Risk.objects.bulk_create([Risk(**{**kept, "title": f"Risk {n}"}) for n in range(RECORDS - 1)])
    repeat_history(project)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return project


def repeat_history(project: Project) -> None:
    """Write 99 more versions of every risk as they would have come, at the speed of the database."""
    history = Risk.history.model
    columns = [field.column for field in history._meta.concrete_fields if field.column != "history_id"]
    own = {"history_date": "%s", "history_type": "'~'"}
    chosen = ", ".join(own.get(column, f'"{column}"') for column in columns)
    into = ", ".join(f'"{column}"' for column in columns)
    table = history._meta.db_table
    statement = (
        f"INSERT INTO {table} ({into}) SELECT {chosen} FROM {table} WHERE entry_stream = %s AND history_type = '+'"
    )
    with connection.cursor() as cursor:
        for version in range(1, VERSIONS):
            at = connection.ops.adapt_datetimefield_value(OPENED + timedelta(days=version * 2))
            cursor.execute(statement, [at, project.stream])


def best(work: Callable[[], object], times: int = 5) -> float:
    """Wall seconds of the quickest run: PostgreSQL works in another process."""

    def runs() -> Iterator[float]:
        for _ in range(times):
            began = time.perf_counter()
            work()
            yield time.perf_counter() - began

    return min(runs())


def test_the_past_beside_the_present(volume: Project, mara: User, sign_in: Any, figure: Callable[..., None]) -> None:
    client: Client = sign_in(mara)
    assert Risk.history.filter(entry_stream=volume.stream).count() == RECORDS * VERSIONS
    late: list[str] = []
    risk = f"risks/{Risk.objects.in_project(volume).latest('reference').reference}/"
    for name, path in (("dashboard", ""), ("register", "risks/"), ("one risk", risk), ("people", "people/")):
        url = f"/projects/{volume.slug}/{path}"
        then = f"{url}?at={written(MIDDLE)}"
        assert (client.get(url).status_code, client.get(then).status_code) == (200, 200), url
        now, past_seconds = best(lambda url=url: client.get(url)), best(lambda then=then: client.get(then))  # type: ignore[misc]
        told = f"{now * 1000:.1f} ms today, {past_seconds * 1000:.1f} ms in the past"
        try:
            figure(f"Past {name}, 100,000 history rows", told, past_seconds / now, limit=LIMITS[name])
        except AssertionError as problem:
            late.append(str(problem))
    assert late == []


LIMITS = {"dashboard": 25, "register": 25, "one risk": 4, "people": 4}


def test_as_of_a_whole_project_is_one_query_per_table(volume: Project, figure: Callable[..., None]) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert len(as_of(Risk, MIDDLE, stream=volume.stream).instances()) == RECORDS
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        assert len(as_of(Risk, MIDDLE, stream=volume.stream).instances("owner", "project__organisation")) == RECORDS
    assert len(asked) <= 6

    now = best(lambda: list(Risk.objects.in_project(volume)))
    then = best(lambda: as_of(Risk, MIDDLE, stream=volume.stream).instances())
    with past(MIDDLE):
        shadowed = best(lambda: list(Risk.objects.in_project(volume)))
    figure("as_of 1,000 records, 100,000 rows", f"{then * 1000:.0f} ms, live {now * 1000:.0f} ms", then / now, limit=25)
    told = f"{shadowed * 1000:.0f} ms, live {now * 1000:.0f} ms"
    figure("past() 1,000 records, 100,000 rows", told, shadowed / now, limit=25)
