"""Every list asks as much with sixty projects, releases and risks as with one, and no page shows more than fits."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from compliance.ledger import change
from compliance.projects.models import Project, Release
from compliance.ui.register import Listing
from risks.models import Risk
from tests.bench.lists import LISTS, address

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
        url = address(page, lumaro.slug, stridewell.slug)
        client.get(url)
        with change(by="tests"):
            stridewell.summary += "."
            stridewell.save()
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
        assert response.status_code == 200, name
        found[name] = (len(queries), len(response.content))
    return found


def test_every_list_is_measured(sign_in, mara, lumaro, stridewell):
    client = sign_in(mara)
    found = set()
    for view in guarded(get_resolver()):
        url = address(view, lumaro.slug, stridewell.slug)
        context = client.get(url).context if url else None
        if context is not None and isinstance(context.get("listing"), Listing):
            found.add(view)
    assert found == set(LISTS.values())


def guarded(resolver, namespace=""):
    """The names of the views that say who may look."""
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from guarded(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
        elif getattr(getattr(pattern.callback, "access", None), "verb", "") == "view" and pattern.name:
            yield f"{namespace}{pattern.name}"


def test_a_list_asks_the_same_of_few_and_of_many(more, sign_in, mara, lumaro, stridewell):
    client = sign_in(mara)
    more(3)
    few = asked(client, lumaro, stridewell)

    more(MANY)
    many = asked(client, lumaro, stridewell)

    assert {name: count for name, (count, _) in many.items()} == {name: count for name, (count, _) in few.items()}
    reminding = {"All tasks", "Tasks", "My tasks"}  # one query and more for each kind of reminder
    assert {name: count for name, (count, _) in many.items() if count > QUERIES and name not in reminding} == {}
    assert {name: size for name, (_, size) in many.items() if size > PAGE_BYTES} == {}
