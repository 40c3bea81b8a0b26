"""Personal data leaves the history on a lawful request: value and salt go, every proof stays."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from compliance.accounts.models import User
from compliance.ledger import ReasonMissing, Refused, change, guard
from compliance.ledger.keys import make_signing_key
from compliance.ledger.leaves import Opening, disclosure, erased_fields
from compliance.ledger.models import ERASED, Entry, Leaf, Redaction
from compliance.ledger.proof.entries import leaf_of_disclosed
from compliance.ledger.proof.merkle import leaf_hash
from compliance.ledger.redaction import CannotErase, held, redact, redactions_of
from compliance.ledger.sealing import seal
from compliance.ledger.verification import verify
from compliance.projects.models import Organisation, Project
from compliance.projects.services import deactivate_person, update_organisation

TABLE = "projects_historicalorganisation"
REASON = "Request of 3 May, ticket 118"


@pytest.fixture
def named(lumaro: Organisation, mara: User) -> Organisation:
    """Lumaro, with a data protection officer whose name changed once; everything sealed."""
    update_organisation(organisation=lumaro, by=mara, dpo_name="Jane Doe", dpo_contact="jane@doe.example")
    update_organisation(organisation=lumaro, by=mara, dpo_name="Jane Roe", reason="Jane Doe married")
    make_signing_key()
    seal()
    return lumaro


def erase(named: Organisation, by: Any, *fields: str, **more: Any) -> list[Redaction]:
    given = {"ground": "art17_1_a", "reason": REASON, **more}
    return redact(model=Organisation, key=named.pk, fields=fields or ["dpo_name"], by=by, **given)


def everything() -> str:
    """All text the database holds anywhere."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found += [bytes(cell).decode("latin-1") if isinstance(cell, memoryview) else str(cell) for cell in row]
    return "\n".join(found)


def test_what_a_record_ever_held_is_shown_first(named: Organisation) -> None:
    found = {one.field: one for one in held(Organisation, named.pk)}

    assert [(value, len(rows)) for value, rows in found["dpo_name"].values.items()] == [
        ("Jane Doe", 1),
        ("Jane Roe", 1),
    ]
    assert (found["dpo_name"].personal, found["dpo_name"].live, found["name"].personal) == (True, True, False)


def test_value_and_salt_are_gone_and_the_leaf_is_the_same(named: Organisation, mara: User) -> None:
    leaves = dict(Leaf.objects.values_list("entry_id", "hash"))
    row = named.history.filter(dpo_name="Jane Doe").get()
    entry = Entry.objects.get(model="projects.organisation", history_id=row.history_id)
    before = disclosure(entry.model, row, entry.leaf.fields.names)["fields"]

    erase(named, mara)
    seal()

    row.refresh_from_db()
    shown = disclosure(entry.model, row, entry.leaf.fields.names)
    assert (row.dpo_name, erased_fields(row), shown["fields"]["dpo_name"].keys()) == (
        ERASED,
        {"dpo_name"},
        {"commitment"},
    )
    assert before["dpo_name"]["salt"] not in everything()
    assert shown["fields"]["name"] == before["name"]
    assert leaf_hash(leaf_of_disclosed(shown["envelope"], shown["fields"])).hex() == leaves[entry.pk]
    assert [str(finding) for finding in verify()] == []


def test_the_value_is_nowhere_any_more(named: Organisation, mara: User) -> None:
    assert "Jane Roe" in everything()

    erase(named, mara)
    erase(named, mara, "history_change_reason", reason="The same request, reasons too")

    assert "Jane Roe" not in everything()
    assert "Jane Doe" not in everything()
    assert Organisation.objects.get(pk=named.pk).dpo_name == ERASED


def test_the_redaction_is_an_entry_without_the_value(named: Organisation, mara: User) -> None:
    (made,) = erase(named, mara)

    entry = Entry.objects.of(made).get()
    assert (entry.stream, entry.actor, made.reference) == (named.stream, f"user:{mara.pk}", "RED-001")
    assert (made.field, made.get_ground_display(), len(made.history_ids)) == (
        "dpo_name",
        "Art. 17(1)(a): no longer needed for its purpose",
        2,
    )
    assert redactions_of([("projects.organisation", named.pk)]) == {
        ("projects.organisation", str(named.pk), "dpo_name"): made
    }


def test_a_second_field_of_the_same_row_can_go_later(named: Organisation, mara: User) -> None:
    erase(named, mara)
    erase(named, mara, "dpo_contact")
    seal()

    row = named.history.filter(dpo_contact=ERASED).earliest("history_id")
    assert erased_fields(row) == {"dpo_name", "dpo_contact"}
    assert [str(finding) for finding in verify()] == []


def test_a_row_not_yet_sealed_is_sealed_with_its_commitment(lumaro: Organisation, mara: User) -> None:
    with change(by=mara, reason="One transaction"):
        update_organisation(organisation=lumaro, by=mara, dpo_name="Jane Doe")
        erase(lumaro, mara)
    make_signing_key()
    seal()

    assert [str(finding) for finding in verify()] == []


def test_only_chosen_rows_lose_the_value(named: Organisation, mara: User) -> None:
    old = named.history.get(dpo_name="Jane Doe")

    erase(named, mara, rows=[old.history_id])

    assert Organisation.objects.get(pk=named.pk).dpo_name == "Jane Roe"
    assert sorted(named.history.exclude(dpo_name="").values_list("dpo_name", flat=True)) == ["Jane Roe", ERASED]


def test_a_unique_value_makes_room(mara: User, stridewell: Project, ed: User) -> None:
    redact(model=User, key=ed.pk, fields=["name"], ground="art17_1_b", by="tests", reason=REASON)

    assert User.objects.get(pk=ed.pk).name == ERASED


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ground": "because"}, "Choose the ground"),
        ({"reason": "short"}, "at least 10 characters"),
        ({"reason": "Jane Roe asked for it"}, "reword it"),
        ({"rows": [0]}, "nothing is held there"),
    ],
)
def test_what_cannot_be_erased_says_why(given: dict[str, Any], said: str, named: Organisation, mara: User) -> None:
    with pytest.raises(CannotErase, match=said):
        erase(named, mara, **given)
    with pytest.raises(CannotErase, match="is not erased"):
        erase(named, mara, "slug")
    with pytest.raises(ReasonMissing):
        erase(named, mara, reason=" ")


class TestTheGate:
    """The database lets exactly the redaction through, on both engines (ledger.md 1.6)."""

    @pytest.fixture
    def row(self, named: Organisation) -> Any:
        return named.history.get(dpo_name="Jane Doe")

    def attempt(self, row: Any, sets: str, *fields: str, by: User, rows: Any = None, reason: str = REASON) -> None:
        """Record a redaction of the fields by hand, then UPDATE the row as told."""
        with transaction.atomic():
            with change(by=by, reason=reason):
                for field in fields:
                    Redaction(
                        stream_key=row.entry_stream,
                        model="projects.organisation",
                        object_id=row.id,
                        subject="",
                        field=field,
                        ground="art17_1_a",
                        reason=reason,
                        history_ids=[row.history_id] if rows is None else rows,
                    ).save()
                with connection.cursor() as cursor:
                    cursor.execute(f"UPDATE {TABLE} SET {sets} WHERE history_id = {row.history_id}")
            connection.check_constraints()

    GONE = f"dpo_name = '{ERASED}', entry_key = "

    @pytest.fixture
    def key(self) -> str:
        longer = "00" * 40
        return f"decode('{longer}', 'hex')" if connection.vendor == "postgresql" else f"X'{longer}'"

    def test_the_proper_redaction_passes(self, row: Any, key: str, mara: User) -> None:
        self.attempt(row, self.GONE + key, "dpo_name", by=mara)

    @pytest.mark.parametrize(
        ("sets", "fields"),
        [
            ("dpo_name = '[erased]', entry_key = {key}", ()),
            ("dpo_name = 'harmless', entry_key = {key}", ("dpo_name",)),
            ("dpo_name = '[erased]', legal_name = 'x', entry_key = {key}", ("dpo_name",)),
            ("dpo_name = '[erased]', slug = 'x', entry_key = {key}", ("dpo_name",)),
            ("dpo_name = '[erased]', dpo_contact = '[erased]', entry_key = {key}", ("dpo_name",)),
            ("dpo_name = '[erased]', history_user_id = 'user:0', entry_key = {key}", ("dpo_name",)),
            ("dpo_name = '[erased]'", ("dpo_name",)),
            ("entry_key = {key}", ("dpo_name",)),
            ("dpo_name = dpo_name", ("dpo_name",)),
            ("history_change_reason = NULL, entry_key = {key}", ("history_change_reason",)),
        ],
        ids=[
            "no record of it",
            "a forged value",
            "another column too",
            "a column that is never erased",
            "a second personal column without its own record",
            "the author too",
            "the salt kept",
            "the salt alone",
            "nothing at all",
            "null for the tombstone",
        ],
    )
    def test_everything_else_is_refused(
        self, sets: str, fields: tuple[str, ...], row: Any, key: str, mara: User
    ) -> None:
        with pytest.raises(DatabaseError, match="append-only"):
            self.attempt(row, sets.format(key=key), *fields, by=mara)

    def test_the_record_of_another_row_is_no_licence(self, row: Any, key: str, mara: User) -> None:
        with pytest.raises(DatabaseError, match="append-only"):
            self.attempt(row, self.GONE + key, "dpo_name", by=mara, rows=[row.history_id + 1])

    def test_a_short_reason_is_refused(self, row: Any, key: str, mara: User) -> None:
        with pytest.raises(DatabaseError, match="ledger_redaction_reason"):
            self.attempt(row, self.GONE + key, "dpo_name", by=mara, reason="too short")

    def test_a_redaction_that_erases_nothing_does_not_commit(self, row: Any, mara: User) -> None:
        with pytest.raises(DatabaseError):
            self.attempt(row, "dpo_name = dpo_name WHERE 1 = 0 --", "dpo_name", by=mara)

    @pytest.mark.parametrize("column", ["dpo_name", "dpo_contact"])
    def test_a_redaction_that_was_carried_out_is_no_licence(
        self, column: str, named: Organisation, key: str, mara: User
    ) -> None:
        erase(named, mara)
        row = named.history.filter(dpo_name=ERASED).latest("history_id")

        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {TABLE} SET {column} = '{ERASED}', entry_key = {key} WHERE history_id = {row.history_id}"
            )

    @pytest.mark.parametrize("statement", ["UPDATE ledger_redaction SET reason = 'x'", "DELETE FROM ledger_redaction"])
    def test_the_redaction_itself_is_append_only(self, statement: str, named: Organisation, mara: User) -> None:
        erase(named, mara)

        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    def test_no_redacted_row_is_deleted(self, named: Organisation, mara: User) -> None:
        erase(named, mara)

        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE}")


def test_the_operators_command_shows_first_and_then_does_it(named: Organisation, capsys: Any) -> None:
    given = ("projects.organisation", str(named.pk), "--field", "dpo_name", "--ground", "art16", "--reason", REASON)

    call_command("redact", *given)
    shown = capsys.readouterr().out
    assert "erase  dpo_name: 2 values in 2 history rows" in shown
    assert shown.endswith("Nothing was erased: add --yes to do it.\n")
    call_command("redact", *given, "--yes")

    assert capsys.readouterr().out.endswith("Erased for good: RED-001.\n")
    entry = Entry.objects.of(Redaction.objects.get()).get()
    assert (entry.actor, entry.origin) == ("system:redact", "command")
    with pytest.raises(CommandError, match="nothing is held there"):
        call_command("redact", *given, "--yes")


def test_an_address_somebody_signs_in_with_is_not_erased(stridewell: Project, ed: User, mara: User) -> None:
    EmailAddress.objects.create(user=ed, email=ed.email, verified=True, primary=True)
    address = ed.email
    given = {"model": User, "key": ed.pk, "fields": ["email", "name"], "ground": "art17_1_a", "by": mara}
    with pytest.raises(Refused, match="close the account first"):
        redact(**given, reason=REASON)

    deactivate_person(user=ed, by=mara, reason="Left the company")
    redact(**given, reason=REASON)

    assert (EmailAddress.objects.count(), address in everything()) == (0, False)
    assert User.objects.get(pk=ed.pk).email == f"{ERASED} {ed.pk.hex}"


def test_an_erasure_nobody_recorded_is_found(named: Organisation, mara: User) -> None:
    """Whoever owns the database lifts the triggers, erases by hand and keeps the leaf right: the record is missing."""
    row = named.history.get(dpo_name="Jane Doe")
    names = Entry.objects.get(model="projects.organisation", history_id=row.history_id).leaf.fields.names
    stored = Opening.of(row, names).without("dpo_name", row).stored()
    connection.check_constraints()
    guard.lift()
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {TABLE} SET dpo_name = '{ERASED}', entry_key = %s WHERE history_id = %s", [stored, row.history_id]
        )
    guard.install()

    assert [finding.problem for finding in verify()] == ["lost dpo_name without a redaction that says so"]
