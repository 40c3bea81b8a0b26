"""The controls' lists go out, are changed in a spreadsheet and come back; nothing counts before it is confirmed."""

import csv
from datetime import date
from io import StringIO
from typing import Any

import pytest

from compliance.accounts.models import User
from compliance.exchange.models import Import, State
from compliance.exchange.services import CHANGED_MEANWHILE, apply_import, confirm, discard
from compliance.ledger import ReasonMissing, Refused
from compliance.projects.models import Organisation, Project
from controls.models import Applicability, Control, Evidence, Finding, Implementation
from controls.services.applicability import adopt_edition
from controls.services.control import add_control, answer_requirements, implement_control, update_control
from controls.services.evidence import Facts, Links, submit_evidence
from controls.services.finding import raise_finding, send_finding
from controls.sheets import ControlSheet
from tests.controls.editions import make_edition, requirement
from tests.exchange.conftest import changes, out, rows_of, told

HOSTILE = [
    "=1+1",
    "'=1+1",
    "''-1",
    "+49 30",
    "@home",
    "\tx",
    "-",
    "Ünïcode\nsecond line",
    "1.0",
    "2026-01-02",
    "no",
    "＝1",
]
CHANGED = "Yearly tidying"


@pytest.fixture
def house(lumaro: Organisation, stridewell: Project, mara: User) -> Organisation:
    """An organisation with something in every list."""
    edition = make_edition("alpha")
    adopt_edition(scope=lumaro, edition=edition, by=mara)
    for number, text in enumerate(HOSTILE):
        control = add_control(organisation=lumaro, title=f"{text} {number}", description=text, by=mara)
        answer_requirements(control=control, requirements=[requirement(edition, "K.1")], by=mara)
    running = implement_control(
        control=Control.objects.first(), scope=lumaro, owner=mara, by=mara, status="implemented", statement="=SUM(A1)"
    )
    facts = Facts(
        source="Console", method="automated", collected_by=mara, period_start=date(2026, 1, 1),
        period_end=date(2026, 3, 31), source_url="https://console.example/1",
    )  # fmt: skip
    links = Links([running], [requirement(edition, "K.2")])
    submit_evidence(
        scope=lumaro, title="Report", shows="It runs.", kind="system_report", facts=facts, by=mara, links=links
    )
    raise_finding(
        scope=lumaro,
        by=mara,
        source="complaint",
        grade="minor_nc",
        title="=Late",
        statement="-Late",
        evidence_seen="+1",
    )
    return lumaro


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("key", ["controls", "implementations", "applicability", "evidence", "findings"])
def test_a_list_that_comes_back_untouched_changes_nothing(house: Organisation, hand_in: Any, key: str, form: str):
    item = hand_in(key, house, out(key, house, form), f"list.{form}")

    found = (item.state, item.note, told(item), changes(item), item.added, item.changed)
    assert found == (State.READ, "", [], [], 0, 0)
    assert item.unchanged > 0


def test_no_cell_of_an_export_is_a_formula(house: Organisation):
    cells = [cell for row in rows_of(out("controls", house)) for cell in row if isinstance(cell, str)]
    lines = list(csv.reader(StringIO(out("controls", house, "csv").decode("utf-8-sig"))))

    assert [text for text in HOSTILE if text not in cells] == []
    assert [cell for line in lines for cell in line if cell.lstrip().startswith(("=", "+", "-", "@", "＝"))] == []


def test_every_change_is_shown_and_only_a_confirmed_one_counts(house: Organisation, hand_in: Any, mara: User):
    rows = rows_of(out("controls", house))
    rows[1][1], rows[2][4] = "Renamed", "ALPHA K.1; alpha K.3"
    rows.append([None, "Brand new", "Does much", "Detective", "ALPHA K.2"])

    item = hand_in("controls", house, rows)
    before = Control.objects.count()

    assert changes(item) == [
        (2, "Control", "=1+1 0", "Renamed"),
        (3, "Answers", "ALPHA K.1", "ALPHA K.1; ALPHA K.3"),
        (14, "Control", "", "Brand new"),
        (14, "Description", "", "Does much"),
        (14, "Kind", "", "Detective"),
        (14, "Answers", "", "ALPHA K.2"),
    ]
    assert not Control.objects.filter(title__in=["Renamed", "Brand new"]).exists()

    confirm(item=item, by=mara, reason=CHANGED)

    assert (item.state, item.added, item.changed, Control.objects.count()) == (State.APPLIED, 1, 2, before + 1)
    made = Control.objects.get(title="Brand new")
    answers = made.requirement_links.values_list("requirement__ref", flat=True)
    written = {(row.history_change_reason, row.entry_origin, row.entry_role) for row in made.history.all()}
    assert (list(answers), made.kind) == (["K.2"], "detective")
    assert written == {(CHANGED, "import", "compliance_officer")}
    sets = {Control.objects.get(title=title).history.first().entry_change_set for title in ("Renamed", "Brand new")}
    assert len(sets) == 1
    assert item.lines.count() == 0


def test_an_error_names_row_column_and_mend(house: Organisation, hand_in: Any, mara: User):
    rows = [
        ["Reference", "Control", "Kind", "Answers", "Version", "Colour"],
        ["C-777", "Lost", "", "", 1, "red"],
        ["C-001", "", "sideways", "ALPHA K.9", 1],
        ["C-002", "=1+1 0", "", "", 1],
        ["C-002", "Twice", "", "", 1],
        ["C-003", "Stale", "Preventive", "ALPHA K.1", 7],
        ["C-004", "No version", "Preventive", "ALPHA K.1", None],
        [None, None, "Preventive", None, None],
    ]

    item = hand_in("controls", house, rows)

    assert told(item) == [
        (2, "Reference", "There is no control “C-777” in Lumaro. Leave it empty for a new one."),
        (3, "Kind", "“sideways” is not known: use Preventive, Detective, Corrective."),
        (3, "Answers", "“ALPHA K.9” is not known here. Known are alpha k.1, alpha k.2, alpha k.3."),
        (3, "Control", "It is empty: write what it was, or better."),
        (4, "Control", "C-001 is called so already: choose another title."),
        (5, "Reference", "Row 4 is about it already: keep one of them."),
        (6, "Version", "C-003 was changed since the export (version 1, not 7): export again and repeat the change."),
        (7, "Version", "It is missing: export the list again and change that, so that nobody's work is overwritten."),
        (8, "Control", "It is empty: a new row needs it."),
    ]
    assert item.note == "Not read, since they are not ours: Colour."
    with pytest.raises(Refused, match="7 rows hold errors"):
        confirm(item=item, by=mara, reason=CHANGED)


def test_rooms_say_what_they_would_refuse(house: Organisation, hand_in: Any):
    rows = rows_of(out("implementations", house))
    heads = rows[0]
    rows[1][heads.index("Status")] = "Planned"
    rows.append([None, "C-001", None, None, None, "mara@lumaro.example", "Implemented"])
    rows.append([None, "C-002", None, None, None, "nobody@lumaro.example", "Planned"])

    item = hand_in("implementations", house, rows)

    assert told(item) == [
        (2, "Status", "From implemented it cannot become that. Next may come: Needs remediation, Retired."),
        (2, "Planned for", "Planned for when? Give the day by which it will be in place."),
        (3, "Control", "It is at work there already (CI-001): change that row."),
        (3, "How it is done", "Say how it is done before you call it implemented: policy, procedure or system."),
        (4, "Owner", "“nobody@lumaro.example” is not known here. Known are mara@lumaro.example."),
    ]


def test_a_project_adds_through_its_statement_and_leaves_out_nothing(
    house: Organisation, stridewell: Project, hand_in: Any, mara: User
):
    rows = rows_of(out("applicability", stridewell))
    rows[2][4] = "lr ra"

    item = hand_in("applicability", stridewell, rows)
    confirm(item=item, by=mara, reason="It has health data")

    own = Applicability.objects.in_project(stridewell).order_by("requirement__position")
    assert [(row.requirement.ref, row.included, row.codes, row.deviation_reason) for row in own] == [
        ("K.2", True, "RA LR", "It has health data"),
    ]
    rows[1][3], rows[1][6] = "no", "Nothing of the kind"
    assert told(hand_in("applicability", stridewell, rows))[:1] == [
        (2, "Applicable", "The organisation includes it: to leave it out, the project asks for an exception."),
    ]


def test_evidence_keeps_what_was_handed_in_and_takes_new_rows(house: Organisation, hand_in: Any, mara: User):
    rows = rows_of(out("evidence", house))
    heads = rows[0]
    rows[1][heads.index("Title")] = "Report of the first quarter"
    rows[1][heads.index("Shows at work")] = None
    fresh = dict.fromkeys(heads) | {
        "Title": "Scan", "What it shows": "No open port.", "Kind": "Scan report", "Source": "Scanner",
        "Address at the source": "https://scan.example/7", "How it was collected": "Automated",
        "Observed at": "2026-11-01 09:00", "Speaks of": "ALPHA K.3",
    }  # fmt: skip
    rows.append(list(fresh.values()))

    item = hand_in("evidence", house, rows)
    confirm(item=item, by=mara, reason=CHANGED)

    old, new = Evidence.objects.order_by("reference")
    assert (old.title, old.implementation_links.count(), old.requirement_links.count()) == (
        "Report of the first quarter", 0, 1,
    )  # fmt: skip
    version = new.versions.get()
    assert (new.title, version.collected_by, version.state, str(version.valid_until)) == (
        "Scan", mara, "submitted", "2026-12-01",
    )  # fmt: skip
    rows = rows_of(out("evidence", house))
    rows[1][heads.index("Source")] = "Elsewhere"
    assert [problem[1] for problem in told(hand_in("evidence", house, rows))] == ["Source"]


def test_what_changed_since_the_preview_is_not_overwritten(house: Organisation, hand_in: Any, mara: User):
    rows = rows_of(out("controls", house))
    rows[1][1] = "Renamed"
    item = hand_in("controls", house, rows)
    update_control(control=Control.objects.get(reference="C-001"), by=mara, title="Mine")

    with pytest.raises(Refused, match=CHANGED_MEANWHILE[:40]):
        confirm(item=item, by=mara, reason=CHANGED)

    item = Import.objects.get()
    assert (Control.objects.get(reference="C-001").title, item.state, item.broken) == ("Mine", State.READ, 1)


def test_one_refused_row_leaves_all_as_they_were(house: Organisation, hand_in: Any, mara: User, monkeypatch: Any):
    rows = rows_of(out("controls", house))
    rows[1][1], rows[2][1] = "One", "Two"
    item = hand_in("controls", house, rows)
    act = ControlSheet.change

    def refusing(self: Any, record: Control, values: Any, **rest: Any) -> None:
        if record.reference == "C-002":
            raise Refused("Not today.")
        act(self, record, values, **rest)

    monkeypatch.setattr(ControlSheet, "change", refusing)
    with pytest.raises(Refused, match="Row 3, C-002: Not today"):
        confirm(item=item, by=mara, reason=CHANGED)

    assert not Control.objects.filter(title="One").exists()


def test_an_import_is_decided_once_and_with_a_reason(house: Organisation, hand_in: Any, mara: User, ed: User):
    rows = rows_of(out("controls", house))
    same = hand_in("controls", house, rows)
    with pytest.raises(Refused, match="changes nothing"):
        confirm(item=same, by=mara, reason=CHANGED)
    rows[1][1] = "Renamed"
    item = hand_in("controls", house, rows)
    same.refresh_from_db()

    assert same.state == State.DISCARDED
    with pytest.raises(ReasonMissing):
        confirm(item=item, by=mara, reason=" ")
    with pytest.raises(Refused, match="Ed may no longer change this list"):
        apply_import(item=item, by=ed, reason=CHANGED)
    confirm(item=item, by=mara, reason=CHANGED)
    with pytest.raises(Refused, match="there is nothing to confirm"):
        confirm(item=item, by=mara, reason=CHANGED)
    with pytest.raises(Refused, match="it cannot be discarded"):
        discard(item=item, by=mara)
    assert Implementation.objects.count() == 1


def test_findings_come_in_as_drafts_and_stay_when_issued(house: Organisation, hand_in: Any, mara: User):
    heads = ["Reference", "Finding", "Source", "Grade", "What was found", "What shows it", "Answers", "Version"]
    new, audited = [None, "New", "Incident", "Observation", "x", "y"], [None, "No", "Audit", "Observation", "x", "y"]
    rows = [heads, [], new, audited]
    rows[1] = ["F-001", "Later", "Other", "Minor nonconformity", "-Late", "+1", "mara@lumaro.example", 1]
    problem = (4, "Source", "Findings of an audit are written at its desk: choose where this one comes from.")
    assert told(hand_in("findings", house, rows)) == [problem]

    confirm(item=hand_in("findings", house, rows[:3]), by=mara, reason=CHANGED)

    found = list(Finding.objects.order_by("reference").values_list("title", "state", "owner__name"))
    assert found == [("Later", "draft", "Mara"), ("New", "draft", None)]
    first = Finding.objects.get(reference="F-001")
    first.response_due = date(2027, 1, 1)
    send_finding(finding=first, by=mara)
    rows[1][1], rows[1][7] = "Never", Finding.objects.get(reference="F-001").version
    mend = "It is issued: what was issued stays as it was said."
    assert told(hand_in("findings", house, rows[:2])) == [(2, "Reference", mend)]
