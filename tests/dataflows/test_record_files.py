"""Records of processing as files: the approved version, letter by letter, in five forms, and no formula in any."""

import csv
import io
import json

import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document
from openpyxl import load_workbook

from compliance.jobs.models import Job
from compliance.jobs.running import Running
from dataflows import services
from dataflows.approved import approved
from dataflows.jobs import write_records
from dataflows.models import ProcessingActivity
from dataflows.record_files import WRITERS

EVIL = "=cmd()|' /C calc'!A0"


@pytest.fixture
def record(lumaro, stridewell, email, propose, ed, dora):
    """A record approved with one flow, changed since; and one that was never approved."""
    made = services.draft_activity(
        organisation=lumaro,
        project=stridewell,
        name=EVIL,
        purposes="To keep the account.",
        legal_basis="contract",
        data={email: "2 years"},
        by=ed,
    )
    flow = propose(activity=made)
    for one in (flow, made):
        services.submit_for_review(record=one, by=ed)
        services.approve_record(record=one, by=dora, reason="As described.")
    propose(activity=made, title="Proposed only")
    changed = ProcessingActivity.objects.get(pk=made.pk)
    services.change_activity(activity=changed, purposes="To sell it.", by=ed, reason="New plan")
    services.draft_activity(organisation=lumaro, name="Payroll", role="processor", by=ed)
    return made


def told(lumaro):
    return approved(lumaro, ProcessingActivity.objects.in_organisation(lumaro), title="All", at=timezone.now())


def test_the_approved_version_is_told_and_what_never_was_is_named(lumaro, record):
    records = told(lumaro)

    assert [(one.reference, one.article, [row.letter for row in one.letters]) for one in records.told] == [
        ("RA-001", "30(1)", list("abcdefg"))
    ]
    assert records.told[0].letters[1].lines == ("To keep the account.",)
    assert dict(records.told[0].beside)["Flows"] == "DF-001"
    assert records.left_out == [
        "DF-002 Proposed only (flow of RA-001, never approved)",
        "RA-002 Payroll (draft, never approved)",
    ]


def test_every_form_holds_the_letters_in_order_and_no_formula(lumaro, record):
    files = {form: write(told(lumaro)) for form, (_, write) in WRITERS.items() if form != "pdf"}

    data = json.loads(files["json"])
    assert [row["letter"] for row in data["records"][0]["letters"]] == list("abcdefg")
    assert data["records"][0]["approved"]["sha256"] == told(lumaro).told[0].sha256
    lines = list(csv.reader(io.StringIO(files["csv"].decode("utf-8-sig"))))
    assert [line[6] for line in lines if line[6].startswith("(")] == [f"({letter})" for letter in "abcdefg"]
    assert lines[1][2] == f"'{EVIL}"
    book = load_workbook(io.BytesIO(files["xlsx"]))
    assert [(sheet.title, sheet["B2"].data_type if sheet["B2"].value else "") for sheet in book] == [
        ("Art. 30(1)", "s"),
        ("About", ""),
    ]
    word = Document(io.BytesIO(files["docx"]))
    assert [one.text for one in word.paragraphs if one.style.name.startswith("Heading")] == [
        "1  As controller, GDPR Art. 30(1)",
        f"1.1  RA-001 {EVIL}",
        "2  Left out",
    ]
    assert [row.cells[0].text for row in word.tables[0].rows][1:8] == [f"({letter})" for letter in "abcdefg"]


def test_a_file_comes_at_once_and_paper_from_a_worker_for_whoever_asked(lumaro, record, mara, dora, sign_in):
    url = reverse("dataflows:records_file", args=[lumaro.slug, "pdf"])
    browser = sign_in(mara)
    at_once = browser.get(url.replace("pdf", "json"), {"only": "RA-001"})
    assert json.loads(at_once.content)["title"] == "Record RA-001"
    assert [browser.get(url.replace("pdf", "exe")).status_code, browser.get(url, {"only": "RA-9"}).status_code] == [
        404
    ] * 2
    assert browser.get(url).status_code == 200
    assert Job.objects.count() == 0
    page = browser.post(url).url
    job = Job.objects.get()
    assert "Being written" in browser.get(page).content.decode()
    assert [sign_in(dora).get(page).status_code, browser.get(url, {"job": "x"}).status_code] == [404, 404]
    Job.objects.filter(pk=job.pk).update(arguments={**job.arguments, "form": "csv"}, state=Job.State.RUNNING, attempt=1)
    job.refresh_from_db()
    result = write_records(Running(job), **job.arguments)
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE, result=result)
    answer = browser.get(f"{page}&file=1")
    assert (answer["Content-Type"], b"(a)" in b"".join(answer.streaming_content)) == ("application/octet-stream", True)
