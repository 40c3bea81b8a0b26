"""Flows written many at once: in the table and by spreadsheet, all of them or none."""

import csv
from io import BytesIO, StringIO

import pytest
from django.urls import reverse

from compliance.exchange.models import Import
from compliance.exchange.services import apply_import, preview, receive
from compliance.exchange.writing import export
from dataflows import services
from dataflows.models import DataFlow, Node
from dataflows.sheets import FlowSheet

NEW = {
    "title": "Pulse",
    "way": "user > app → coaching api",
    "data": "Heart rate; e-mail",
    "purpose": "To coach.",
    "legal_basis": "Consent, Art.\u00a06(1)(a)",
}


def sent(browser, page, reason="After the review", **lines):
    """The answer to lines `l1={...}, l2={...}`, each as the table sends it."""
    values = {f"{line[1:]}-{key}": value for line, cells in lines.items() for key, value in cells.items()}
    return browser.post(page, {**values, "reason": reason})


def line_of(browser, page, number=1):
    """What the table would send of a line nobody touched."""
    line = browser.get(page).context["table"].lines[number - 1]
    return {"reference": line.reference, "version": line.version, **{cell.key: cell.value for cell in line.cells}}


@pytest.fixture
def page(stridewell):
    return reverse("dataflows:flow_table", args=[stridewell.slug])


def test_a_line_adds_a_flow_and_another_changes_one_for_one_reason(sign_in, page, propose, heart_rate, adspire, ed):
    flow = propose()
    browser = sign_in(ed)
    changed = {**line_of(browser, page), "way": "User → App → Adspire"}

    answer = sent(browser, page, l1=changed, l2=NEW, l3={"title": " "})

    assert answer.status_code == 302
    old, new = DataFlow.objects.complete().order_by("reference")
    assert (old.path, new.path) == ("User → App → Adspire", "User → App → Coaching API")
    assert [item.name for item in new.data] == ["E-mail", "Heart rate"]
    assert Node.objects.get(name="Adspire").party == adspire
    reasons = {row.history.latest().history_change_reason for row in (flow, new)}
    assert reasons == {"After the review"}


def test_one_wrong_cell_keeps_nothing_and_is_told_at_the_cell(sign_in, page, propose, heart_rate, ed):
    propose()
    browser = sign_in(ed)
    changed = {**line_of(browser, page), "title": "Renamed"}
    wrong = {**NEW, "way": "User → Moon", "data": "", "on_device_only": "perhaps"}

    answer = sent(browser, page, l1=changed, l2=wrong)

    assert answer.status_code == 422
    cells = {cell.key for line in answer.context["table"].lines for cell in line.cells if cell.errors}
    assert cells == {"way", "data", "on_device_only"}
    assert "User → Moon" in answer.content.decode()
    assert list(DataFlow.objects.values_list("title", flat=True)) == ["Account"]


def test_a_flow_changed_meanwhile_is_not_overwritten(sign_in, page, propose, ed, mara):
    flow = propose()
    browser = sign_in(ed)
    mine = {**line_of(browser, page), "title": "Mine"}
    services.change_flow(flow=flow, title="Theirs", by=mara)

    answer = sent(browser, page, l1=mine)

    assert answer.status_code == 422
    assert [line.errors[0].partition(":")[0] for line in answer.context["table"].lines if line.errors] == [
        "DF-001 was changed since the export (version 2, not 1)"
    ]
    assert DataFlow.objects.get().title == "Theirs"


def test_no_reason_and_what_a_service_refuses_keep_nothing(sign_in, page, way, heart_rate, email, ed):
    browser = sign_in(ed)

    bare = sent(browser, page, reason=" ", l1=NEW)
    refused = sent(browser, page, l1=NEW, l2={**NEW, "data": "E-mail", "activity": "RA-404"})

    assert (bare.status_code, refused.status_code) == (422, 422)
    assert "Say why the flows change" in bare.context["reason_error"]
    assert DataFlow.objects.count() == 0


def test_flows_go_out_as_a_spreadsheet_and_come_back_changed(stridewell, propose, approved, heart_rate, ed):
    propose()
    approved(title="Approved", on_device_only=False)
    text = b"".join(export(FlowSheet(stridewell), "csv").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    rows[1]["Kept for"] = "24 months"
    file = StringIO()
    writer = csv.DictWriter(file, rows[0])
    writer.writeheader()
    writer.writerows([*rows, {"Flow": "Pulse", "Way": "User>App", "Data": "heart rate", "Purpose": "To show."}])

    item = preview(_received(stridewell, file.getvalue(), ed))
    assert (item.added, item.changed, item.unchanged, item.broken) == (1, 1, 1, 0)
    apply_import(item=item, by=ed, reason="Read from the sheet")

    assert list(DataFlow.objects.order_by("reference").values_list("title", "retention")) == [
        ("Account", ""),
        ("Approved", "24 months"),
        ("Pulse", ""),
    ]


def _received(project, text: str, by) -> Import:
    return receive(sheet=FlowSheet, scope=project, stream=BytesIO(text.encode()), name="flows.csv", by=by)
