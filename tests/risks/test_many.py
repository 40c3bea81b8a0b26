"""What pages of risks ask of the database does not depend on how many risks there are."""

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance.accounts.models import User
from compliance.projects.models import Organisation
from risks import services
from risks.models import RiskMethod
from tests.risks.conftest import SCENARIO

PAGES = {
    "the register": ("risks:register", ""),
    "a filter": ("risks:register", "?show=overdue"),
    "a cell of the heat map": ("risks:register", "?current=2x3"),
    "the heat map": ("risks:heat_map", ""),
    "key figures": ("risks:key_figures", ""),
    "the export": ("risks:register", "?format=csv"),
}


def risks(organisation: Organisation, by: User, many: int) -> None:
    for _ in range(many):
        risk = services.identify_risk(organisation=organisation, project=None, by=by, owner=by, **SCENARIO)
        services.assess_risk(risk=risk, kind="inherent", likelihood=4, consequence=3, rationale="Open.", by=by)
        services.assess_risk(risk=risk, kind="current", likelihood=2, consequence=3, rationale="Known.", by=by)


def test_pages_ask_the_same_of_few_and_of_many(
    lumaro: Organisation, method: RiskMethod, mara: User, sign_in: Callable[[User], Client]
) -> None:
    client = sign_in(mara)
    asked: dict[str, list[int]] = {name: [] for name in PAGES}
    for many in (2, 7):
        risks(lumaro, mara, many)
        for name, (page, query) in PAGES.items():
            address = reverse(page, args=[lumaro.slug]) + query
            client.get(f"{address}{'&' if query else '?'}again=warm")
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(address)
                b"".join(answer)  # type: ignore[arg-type]
            assert answer.status_code == 200, name
            asked[name].append(len(queries))

    assert {name: counts for name, counts in asked.items() if counts[0] != counts[1]} == {}
