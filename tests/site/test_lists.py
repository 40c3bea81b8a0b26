"""Every list asks as much with sixty projects, releases and risks as with one, and no page shows more than fits."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance.ledger import change
from compliance.projects.models import Project, Release
from risks.models import Risk
from tests.bench.lists import IN_PROJECT, LISTS

QUERIES = 12
MANY = 60
PAGE_BYTES = 150_000


@pytest.fixture
def more(stridewell, mara):
    """`more(3)` adds three projects, and as many releases and risks to Stridewell."""

    def add(count):
        own = {"organisation": stridewell.organisation, "project": stridewell, "owner": mara}
        with change(by=mara, reason="To fill the lists"):
            for n in range(count):
                slug = f"app-{Project.objects.count()}"
                Project.objects.create(organisation=stridewell.organisation, name=f"App {slug}", slug=slug)
                Release.objects.create(project=stridewell, name=f"{n}.{count}")
                Risk.objects.create(**own, title=f"Risk {n}", risk_source="failure")

    return add


def asked(client, lumaro, stridewell):
    """The queries and bytes of every list after a change: the request before writes the SQL and draws the frame."""
    found = {}
    for name, page in LISTS.items():
        address = reverse(page, args=[stridewell.slug if name in IN_PROJECT else lumaro.slug])
        client.get(address)
        with change(by="tests"):
            stridewell.summary += "."
            stridewell.save()
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        assert response.status_code == 200, name
        found[name] = (len(queries), len(response.content))
    return found


def test_a_list_asks_the_same_of_few_and_of_many(more, sign_in, mara, lumaro, stridewell):
    client = sign_in(mara)
    more(3)
    few = asked(client, lumaro, stridewell)

    more(MANY)
    many = asked(client, lumaro, stridewell)

    assert {name: count for name, (count, _) in many.items()} == {name: count for name, (count, _) in few.items()}
    reminding = {"All tasks"}  # one query and more for each kind of reminder
    assert {name: count for name, (count, _) in many.items() if count > QUERIES and name not in reminding} == {}
    assert {name: size for name, (_, size) in many.items() if size > PAGE_BYTES} == {}
