"""Lines of registers: entered, changed, reviewed, retired, linked, and told by the history field by field."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone

from compliance.accounts.models import User
from compliance.exchange.registry import sheets
from compliance.exchange.services import confirm, preview, receive
from compliance.ledger import ReasonMissing, Refused, as_of, change
from compliance.ledger.models import Entry
from compliance.ledger.redaction import redact
from compliance.ledger.story import story
from compliance.packs.told import differences
from compliance.projects.models import Organisation, Project
from compliance.registers.declaration import register_types
from compliance.registers.models import RegisterRow
from compliance.registers.services.row import (
    RowRefused,
    Said,
    add_row,
    edit_row,
    found_target,
    link_record,
    reopen_row,
    retire_row,
    review_row,
    unlink_record,
)
from controls.services.control import add_control

OBLIGATIONS, TRAINING = register_types["obligations"], register_types["training"]
BREACH = {"source": "law", "citation": "Art. 33 GDPR", "territory": "EU", "status": "met"}


@pytest.fixture
def breach(lumaro: Organisation, mara: User) -> RegisterRow:
    """The duty to tell of a breach."""
    return add_row(register=OBLIGATIONS, scope=lumaro, said=Said("Tell of a breach", BREACH, mara), by=mara)


def test_each_register_counts_its_own_references(lumaro: Organisation, breach: RegisterRow, mara: User) -> None:
    party = {"kind": "user", "needs": "Their data kept safe", "taken_on": "yes"}

    other = add_row(register=register_types["interested-parties"], scope=lumaro, said=Said("Users", party), by=mara)

    assert (breach.reference, other.reference) == ("OB-0001", "IP-0001")
    assert breach.review_date == timezone.now().date() + timedelta(days=365)


def test_the_history_tells_fields_by_their_labels_and_choices_in_words(breach: RegisterRow, mara: User) -> None:
    edit_row(row=breach, said=Said("Tell of a breach", {"status": "partly_met"}, mara, breach.review_date), by=mara)

    told = story(Entry.objects.of(breach)[:1])[0].changes
    packed = differences(
        "registers.registerrow", {"choice_2": "met"}, {"register": "obligations", "choice_2": "not_met"}
    )

    assert [(one.label, one.old, one.new) for one in told] == [("Status", "Met", "Partly met")]
    assert packed[-1] == {"name": "Status", "old": "Met", "new": "Not met"}


def test_a_line_is_read_as_it_stood_and_a_name_can_be_erased(lumaro: Organisation, mara: User) -> None:
    said = Said("Secure coding", {"person": "Jan Kowalski", "outcome": "passed", "score": Decimal(80)}, mara)
    row = add_row(register=TRAINING, scope=lumaro, said=said, by=mara)
    before = timezone.now()
    edit_row(row=row, said=Said("Secure coding", {"score": Decimal("90.5")}, mara), by=mara)
    then = as_of(RegisterRow, before, stream=lumaro.stream).first()

    redact(
        model=RegisterRow, key=row.pk, fields=["who"], ground="art17_1_a", by=mara, reason="Request 7, by the person."
    )
    row.refresh_from_db()

    assert (then.said("score"), then.said("person")) == (Decimal(80), "Jan Kowalski")
    assert (row.said("score"), row.said("person")) == (Decimal("90.5"), "[erased]")


@pytest.mark.parametrize(
    ("values", "problems"),
    [
        ({"status": ""}, {"status": "Status: this is needed."}),
        ({"source": "rumour"}, {"source": "Source: choose one of those offered."}),
        ({"citation": "x" * 301}, {"citation": "Where it stands: at most 300 characters."}),
        ({"colour": "red"}, {"colour": "Obligations have no field colour."}),
    ],
)
def test_what_cannot_be_kept_is_named_by_field(
    lumaro: Organisation, mara: User, values: dict[str, str], problems: dict[str, str]
) -> None:
    with pytest.raises(RowRefused) as refused:
        add_row(register=OBLIGATIONS, scope=lumaro, said=Said("Tell", {**BREACH, **values}), by=mara)

    assert refused.value.problems == problems
    assert RegisterRow.objects.count() == 0


def test_numbers_and_people_are_checked(lumaro: Organisation, mara: User, otto: User) -> None:
    score = {"person": "Ed", "outcome": "passed", "score": Decimal(101)}
    duties = {"duties": "All", "deputy": otto}

    with pytest.raises(RowRefused, match=r"^Score: at most 100.$"):
        add_row(register=TRAINING, scope=lumaro, said=Said("Course", score), by=mara)
    with pytest.raises(RowRefused, match=r"^Deputy: Otto has no role here.$"):
        add_row(register=register_types["responsibilities"], scope=lumaro, said=Said("CISO", duties), by=mara)


def test_a_register_of_the_organisation_takes_no_lines_of_projects(stridewell: Project, mara: User) -> None:
    with pytest.raises(Refused, match=r"^Training records are kept elsewhere: in the organisation.$"):
        add_row(register=TRAINING, scope=stridewell, said=Said("Course", {}), by=mara)


def test_a_measurement_belongs_to_an_objective(lumaro: Organisation, breach: RegisterRow, mara: User) -> None:
    values = {"measured": date(2026, 11, 1), "value": Decimal(94)}

    with pytest.raises(RowRefused, match=r"^Say which objectives it belongs to.$"):
        add_row(register=register_types["measurements"], scope=lumaro, said=Said("Up", values, parent=breach), by=mara)


def test_a_line_is_reviewed_retired_and_taken_up_again(breach: RegisterRow, mara: User) -> None:
    with pytest.raises(RowRefused, match=r"^The next review has to be after today.$"):
        review_row(row=breach, by=mara, reason="Read", next_date=timezone.now().date())
    with pytest.raises(Refused, match=r"^OB-0001 is in use: only a retired line is taken up again.$"):
        reopen_row(row=breach, by=mara, reason="Again")

    review_row(row=breach, by=mara, reason="Still so")
    retire_row(row=breach, by=mara, reason="Law repealed")

    assert (breach.reviewed_by, breach.standing_on(timezone.now().date())) == (mara, "retired")
    with pytest.raises(Refused, match=r"^OB-0001 was retired on .*: take it up again first.$"):
        edit_row(row=breach, said=Said("Tell", BREACH), by=mara)
    assert reopen_row(row=breach, by=mara, reason="Not repealed after all").retired_date is None


def test_a_line_is_linked_to_what_its_scope_knows(lumaro: Organisation, breach: RegisterRow, mara: User) -> None:
    control = add_control(organisation=lumaro, title="Breach desk", by=mara)
    kind, target = found_target(OBLIGATIONS, lumaro, control.reference.lower())

    link = link_record(row=breach, kind=kind, target=target, by=mara)
    again = link_record(row=breach, kind=kind, target=target, by=mara)

    assert (link, link.target_reference) == (again, control.reference)
    with pytest.raises(ReasonMissing):
        unlink_record(link=link, by=mara, reason=" ")
    unlink_record(link=link, by=mara, reason="Not about it")
    assert breach.links.count() == 0
    with pytest.raises(
        Refused, match=r"^There is no record R-9 to link to: give the reference of controls, documents, ev"
    ):
        found_target(OBLIGATIONS, lumaro, "R-9")


def test_standing_follows_from_the_day(lumaro: Organisation, mara: User) -> None:
    with change(by=mara):
        row = RegisterRow(organisation=lumaro, register="training", title="Course", day_2=date(2026, 5, 31))
        row.save()

    assert [
        row.standing_on(date(2026, 6, 1)),
        row.standing_on(date(2026, 5, 2)),
        row.standing_on(date(2026, 4, 1)),
    ] == [
        "expired",
        "expiring",
        "current",
    ]


def brought_in(lumaro: Organisation, mara: User, text: str) -> Any:
    made = receive(
        sheet=sheets["register-training"], scope=lumaro, stream=BytesIO(text.encode()), name="t.csv", by=mara
    )
    return preview(made)


def test_training_comes_from_a_spreadsheet_and_each_bad_cell_is_named(lumaro: Organisation, mara: User) -> None:
    head = "Reference,Course,Person,Completed on,Score,Outcome,Kept by\n"
    bad = brought_in(lumaro, mara, f"{head},Secure coding,Jan,soon,many,maybe,nobody@x.example\n,,Eva,,,Passed,\n")
    told = [(line.number, [(one["column"], one["text"]) for one in line.problems]) for line in bad.lines.all()]

    assert RegisterRow.objects.count() == 0
    assert told == [
        (
            2,
            [
                ("Completed on", "“soon” is not a day: write it as 2026-11-22."),
                ("Score", "“many” is not a number: write it with a point, like 94.5."),
                ("Outcome", "“maybe” is not known: use Passed, Failed, Enrolled."),
                ("Kept by", "“nobody@x.example” is not known here. Known are mara@lumaro.example."),
            ],
        ),
        (3, [("Course", "It is empty: a new row needs it.")]),
    ]


def test_training_that_was_taken_out_comes_back_with_its_changes(lumaro: Organisation, mara: User) -> None:
    head = "Reference,Course,Person,Completed on,Score,Outcome,Kept by\n"
    good = brought_in(lumaro, mara, f"{head},Secure coding,Jan Kowalski,31.12.2026,94.5 %,Passed,MARA@lumaro.example\n")
    confirm(item=good, by=mara, reason="Export of the learning system")
    row = RegisterRow.objects.get()
    again = sheets["register-training"](lumaro)

    assert (row.title, row.said("person"), row.said("score"), row.owner) == (
        "Secure coding",
        "Jan Kowalski",
        Decimal("94.5"),
        mara,
    )
    assert [again.values(one)["completed"] for one in again.records()] == [date(2026, 12, 31)]
    changed = brought_in(lumaro, mara, f"Reference,Outcome,Version\n{row.reference},Failed,{row.version}\n")
    confirm(item=changed, by=mara, reason="Examined again")
    row.refresh_from_db()
    assert (row.said("outcome"), row.said("person"), row.owner) == ("Failed", "Jan Kowalski", mara)
