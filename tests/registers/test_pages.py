"""Pages of registers: one form and one list for all of them, at a fixed number of queries."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance.accounts.models import User
from compliance.projects.models import Organisation, Project
from compliance.registers.declaration import register_types
from compliance.registers.models import RegisterRow
from compliance.registers.services.row import Said, add_row
from controls.services.control import add_control

SignIn = Callable[[User], Client]
TRAINING, OBLIGATIONS = register_types["training"], register_types["obligations"]
BREACH = {"source": "law", "citation": "Art. 33 GDPR", "territory": "EU", "status": "met"}


def train(organisation: Organisation, by: User, many: int = 1) -> None:
    for number in range(many):
        values = {"person": f"Person {number}", "outcome": "passed", "expires": date(2030, 1, 1)}
        add_row(register=TRAINING, scope=organisation, said=Said("Secure coding", values, by), by=by)


def test_a_line_is_entered_through_the_form_its_register_declares(
    lumaro: Organisation, mara: User, sign_in: SignIn
) -> None:
    client, url = sign_in(mara), reverse("registers:row_add", args=[lumaro.slug, "obligations"])
    control = add_control(organisation=lumaro, title="Breach desk", by=mara)

    wrong = client.post(url, {"main": "Tell of breaches", "source": "rumour", "links": "C-9 R-1"})
    done = client.post(url, {"main": "Tell of breaches", **BREACH, "links": control.reference, "review": "2027-05-01"})

    errors = wrong.context["form"].errors
    assert (wrong.status_code, sorted(errors)) == (422, ["citation", "links", "source", "status", "territory"])
    assert len(errors["links"]) == 2
    row = RegisterRow.objects.get()
    assert done.headers["Location"] == row.get_absolute_url()
    assert (row.said("source"), row.review_date, row.links.get().target_reference) == (
        "Law",
        date(2027, 5, 1),
        control.reference,
    )


def test_a_line_changed_meanwhile_is_not_overwritten(lumaro: Organisation, mara: User, sign_in: SignIn) -> None:
    row = add_row(register=OBLIGATIONS, scope=lumaro, said=Said("Tell", BREACH), by=mara)
    client, url = sign_in(mara), reverse("registers:row_edit", args=[lumaro.slug, "obligations", row.reference])

    first = client.post(url, {"main": "Tell the authority", **BREACH, "version": "1"})
    second = client.post(url, {"main": "Tell everybody", **BREACH, "version": "1"})

    row.refresh_from_db()
    assert (first.status_code, second.status_code, row.title) == (302, 409, "Tell the authority")


@pytest.mark.parametrize("asked", ["", "?state=overdue&q=cod", "?outcome=passed&sort=-expires", "?format=csv"])
def test_a_list_costs_the_same_with_one_row_and_with_three(
    lumaro: Organisation, mara: User, sign_in: SignIn, asked: str
) -> None:
    client, url = sign_in(mara), reverse("registers:register", args=[lumaro.slug, "training"]) + asked
    counts = []
    for many in (1, 2):
        train(lumaro, mara, many)
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as found:
            b"".join(client.get(url))
        counts.append(len(found))

    assert counts[0] == counts[1]


def test_the_page_of_an_objective_draws_its_trend(lumaro: Organisation, mara: User, sign_in: SignIn) -> None:
    about = {"metric": "Accounts with MFA", "target": Decimal(100), "direction": "higher", "frequency": "monthly"}
    said = Said("MFA for everybody", {**about, "plan": "Roll out keys"}, mara)
    objective = add_row(register=register_types["objectives"], scope=lumaro, said=said, by=mara)
    for month, value in ((9, "93.5"), (10, "97")):
        values = {"measured": date(2026, month, 1), "value": Decimal(value)}
        below = Said("Counted in the directory", values, mara, parent=objective)
        add_row(register=register_types["measurements"], scope=lumaro, said=below, by=mara)

    (below,) = sign_in(mara).get(objective.get_absolute_url()).context["children"]

    assert [line["number"] for line in below["rows"]] == [Decimal(97), Decimal("93.5")]
    assert below["picture"].description == (
        "From 1 Sep 2026 to 1 Oct 2026: Value from 93.5 to 97; Target from 100 to 100."
    )


def test_a_project_sees_what_its_organisation_shares_and_changes_its_own_only(
    lumaro: Organisation, stridewell: Project, mara: User, ed: User, sign_in: SignIn
) -> None:
    shared = add_row(register=OBLIGATIONS, scope=lumaro, said=Said("Tell", BREACH), by=mara)
    own = add_row(register=OBLIGATIONS, scope=stridewell, said=Said("Ask", BREACH), by=mara)
    client = sign_in(ed)

    listed = client.get(reverse("registers:project_register", args=["stridewell", "obligations"])).context["listing"]
    status = [
        client.get(reverse("registers:project_row_edit", args=["stridewell", "obligations", row.reference])).status_code
        for row in (shared, own)
    ]

    assert ([row.title for row in listed.page], status) == (["Tell", "Ask"], [404, 200])
    assert client.get(reverse("registers:project_register", args=["stridewell", "training"])).status_code == 404


def test_the_index_counts_lines_and_what_is_overdue(lumaro: Organisation, mara: User, sign_in: SignIn) -> None:
    said = Said("Tell", BREACH, mara, review_date=date(2020, 1, 1))
    add_row(register=OBLIGATIONS, scope=lumaro, said=said, by=mara)

    groups = sign_in(mara).get(reverse("registers:registers", args=[lumaro.slug])).context["register_groups"]

    lines = {line["register"].key: (line["live"], line["overdue"]) for lines in groups.values() for line in lines}
    assert (lines["obligations"], lines["training"]) == ((1, 1), (0, 0))
