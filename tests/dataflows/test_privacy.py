"""The privacy dashboard: its figures are those of the lists they lead to."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dataflows import services


@pytest.fixture
def filled(lumaro, stridewell, propose, adspire, email, way, ed, mara, dora):
    """Two records, one of them with a flow that has everything wrong, and a request on its last day."""
    services.draft_activity(organisation=lumaro, name="Payroll", purposes="To pay.", by=ed)
    record = services.draft_activity(
        organisation=lumaro, project=stridewell, name="Ads", role="processor", by=ed, data={email: "1 year"}
    )
    node = services.node_of_party(project=stridewell, party=adspire, by=mara)
    flow = propose(title="Ads", path=[*way[:2], node], activity=record, legal_basis="", protection="none")
    propose()
    services.record_transfer(flow=flow, country="US", by=mara)
    old = timezone.now() - timedelta(days=29)
    services.receive_request(organisation=lumaro, type="access", channel="mail", received_at=old, by=dora)


def bars(picture):
    return {row[0]: (int(row[1]), int(row[3])) for row in picture.table.rows}


@pytest.mark.parametrize("name", ["privacy", "project_privacy"])
def test_every_figure_is_that_of_the_list_it_leads_to(sign_in, filled, lumaro, stridewell, dora, name):
    browser = sign_in(dora)
    scope = stridewell if name == "project_privacy" else lumaro
    shown = browser.get(reverse(f"dataflows:{name}", args=[scope.slug])).context

    found = {label: number for label, number, _ in shown["figures"]}
    found |= {bar.label: round(shown["order"].bars[0].met * 0) + open for bar, (_, open) in _open(shown)}
    led = {label: url for label, _, url in shown["figures"]} | {bar.label: bar.url for bar, _ in _open(shown)}
    listed = {label: browser.get(url).context["listing"].page.paginator.count for label, url in led.items() if url}
    assert {label: found[label] for label in listed} == listed
    assert bars(shown["order"])["Contracts with processors"] == (1, 1)
    assert bars(shown["letters"])["Art. 30(2)(b) Categories of processing"] == (0, 1)
    assert [(one.name, one.flows, one.bare) for one in shown["destinations"]] == [("United States", 1, 1)]


def _open(shown):
    for picture in (shown["letters"], shown["order"]):
        yield from zip(picture.bars, bars(picture).values(), strict=True)


def test_the_clock_stands_there_for_whom_it_concerns(sign_in, filled, lumaro, stridewell, dora, ed):
    page = reverse("dataflows:project_privacy", args=[stridewell.slug])

    (first,) = sign_in(dora).get(reverse("dataflows:privacy", args=[lumaro.slug])).context["waiting"]

    assert (first.request.reference, first.tone) == ("SR-0001", "bad")
    assert sign_in(ed).get(page).context["waiting"] is None


def test_it_asks_as_often_however_much_there_is(sign_in, filled, lumaro, stridewell, propose, dora, ed):
    browser = sign_in(dora)
    pages = [
        reverse("dataflows:privacy", args=[lumaro.slug]),
        reverse("dataflows:project_privacy", args=[stridewell.slug]),
    ]

    def count():
        found = []
        for page in pages:
            browser.get(page)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                browser.get(page)
            found.append(len(queries))
        return found

    one = count()
    for name in ("Sleep", "Steps"):
        propose(title=name)
        services.draft_activity(organisation=lumaro, name=name, by=ed)

    assert count() == one
    assert max(one) <= 60
