"""What standards ask to have documented: the list, and how each line stands."""

from datetime import timedelta

from django.utils import timezone

from compliance.accounts.models import User
from compliance.projects.models import Organisation
from compliance.registers.declaration import register_types
from compliance.registers.services.row import Said, add_row
from controls.documented.pack_sections import STATUS, documents, required
from controls.models import DocumentVersion
from controls.required import FRAMEWORKS, REQUIRED, Standing, keepers
from controls.services.required import required_lines
from tests.controls.documents import publish, write
from tests.controls.test_scope import YEAR


def standings(organisation: Organisation, days: int = 0) -> dict[str, Standing]:
    lines = required_lines(organisation, timezone.now() + timedelta(days=days))
    return {line.required.key: line.standing for line in lines}


def test_the_list_is_whole() -> None:
    numbers = {one.refs["isms"] for one in REQUIRED.values() if "isms" in one.refs}
    clauses = {"4.3", "5.2", "6.1.2", "6.1.3", "6.1.3 d", "6.1.3 e, f", "6.2", "7.2", "7.5", "8.1", "8.2", "8.3"}
    annex = {"A.5.9", "A.5.10", "A.5.26", "A.5.31", "A.5.37", "A.6.6", "A.8.9", "A.8.27"}

    assert numbers == clauses | annex | {"9.1", "9.2.2", "9.3.3", "10.2"}
    assert {key for one in REQUIRED.values() for key in one.refs} == set(FRAMEWORKS)
    assert {one.by for one in REQUIRED.values()} - {*keepers.keys(), ""} == {"dpia"}  # its room comes


def test_a_required_document_is_missing_a_draft_current_and_overdue(
    lumaro: Organisation, mara: User, ria: User
) -> None:
    assert standings(lumaro)["isms-policy"] == Standing.MISSING
    version = write(lumaro, mara, answers="isms-policy acceptable-use", review_months=12)
    assert (standings(lumaro)["isms-policy"], standings(lumaro)["acceptable-use"]) == ("draft_only", "draft_only")
    publish(version, mara, ria)

    assert standings(lumaro)["isms-policy"] == Standing.CURRENT
    assert standings(lumaro, days=400)["isms-policy"] == Standing.OVERDUE


def test_registers_answer_for_what_they_keep(lumaro: Organisation, mara: User) -> None:
    values = {"source": "law", "citation": "Art. 33", "territory": "EU", "status": "met"}
    add_row(register=register_types["obligations"], scope=lumaro, said=Said("Tell of breaches", values), by=mara)

    assert standings(lumaro)["legal-register"] == Standing.CURRENT
    assert standings(lumaro, days=400)["legal-register"] == Standing.OVERDUE


def test_packs_print_the_list_and_the_register(lumaro: Organisation, mara: User, ria: User) -> None:
    publish(write(lumaro, mara, answers="isms-policy", audience="risk_owner"), mara, ria)
    now = timezone.now()

    printed, listed = documents(lumaro, now, YEAR), required(lumaro, now, YEAR)

    assert [(row["title"], row["version"], row["approved_by"], row["confirmed"]) for row in printed["rows"]] == [
        ("Security policy", "1", "Ria", 0)
    ]
    assert [(one.clause, one.status) for one in printed["documents"]] == [
        ("ISO/IEC 27001 7.5", "present"),
        ("ISO/IEC 27001 5.2", "present"),
    ]
    assert listed["counts"]["present_current"] == 1
    assert sum(listed["counts"].values()) == len(listed["rows"])
    assert set(STATUS) == set(Standing)


def test_the_list_costs_the_same_with_more_documents(
    lumaro: Organisation, mara: User, ria: User, django_assert_max_num_queries
) -> None:
    for number in range(3):
        publish(write(lumaro, mara, f"Policy {number}", answers="isms-policy"), mara, ria)

    assert DocumentVersion.objects.count() == 3
    with django_assert_max_num_queries(60):
        standings(lumaro)
