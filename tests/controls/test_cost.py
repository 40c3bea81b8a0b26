"""What another framework would cost: counted anew from the catalogue files, and proposals confirmed by a person."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import reverse

from compliance.accounts.models import User
from compliance.ledger import ReasonMissing, Refused
from compliance.projects.models import Organisation, Project
from controls.models import CoverageConfirmation, Implementation, Requirement
from controls.services.catalogue_files import SHIPPED
from controls.services.control import add_control, answer_requirements, implement_control
from controls.services.cost import confirm_coverage, confirmations, cost_rows, costs, withdraw_confirmation
from risks.demo.stage import script
from tests.controls.editions import make_edition, pair, requirement

DEMO = ("iso27001-2022", "iso27701-2025", "masvs-2")


def files(folder: str) -> Iterator[dict[str, Any]]:
    for path in sorted((SHIPPED / folder).glob("*.yaml")):
        yield yaml.load(path.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def counted_from_files(met: set[str]) -> dict[str, tuple[int, int, int]]:
    """Direct, mapped and open per edition, by nothing but the files and the names of what is met."""
    assessed: dict[str, list[dict[str, Any]]] = {}
    for file in files("."):
        defaults = {key: file["defaults"].get(key) for key in ("assessable", "level")}
        rows = [{**defaults, **row} for row in file["requirements"]]
        assessed[file["edition"]["key"]] = [row for row in rows if row["assessable"] is not False]
    pairs = [(row["from"], row["to"]) for file in files("mappings") for row in file["mappings"]]
    through = {b for a, b in pairs if a in met} | {a for a, b in pairs if b in met}
    found = {}
    for key, rows in assessed.items():
        controls = [row for row in rows if row["level"] == "control"]
        names = {f"{key}:{row['ref']}" for row in controls or rows}
        found[key] = (len(names & met), len(names & through - met), len(names - through - met))
    return found


def test_the_demonstration_s_costs_follow_from_the_catalogue_files(shipped: Any, lumaro: Organisation, mara: User):
    met = set()
    for facts in script("controls")["controls"]:
        named = [(key, ref) for key in DEMO for ref in facts.get(key, "").split()]
        control = add_control(organisation=lumaro, title=facts["title"], by=mara)
        rows = [Requirement.objects.get(edition__key=key, ref=ref) for key, ref in named]
        answer_requirements(control=control, requirements=rows, by=mara)
        planned = {"planned_date": "2027-01-01"} if facts["status"] == "planned" else {}
        implement_control(
            control=control,
            scope=lumaro,
            owner=mara,
            by=mara,
            status=facts["status"],
            statement=facts["how"],
            **planned,
        )
        met |= {f"{key}:{ref}" for key, ref in named if facts["status"] == "implemented"}

    found = {one.edition.key: (one.direct, one.mapped, one.gap) for one in costs(lumaro)}

    assert found == counted_from_files(met)
    assert sum(direct + mapped for direct, mapped, _ in found.values()) > 100


@pytest.fixture
def bridged(lumaro: Organisation, running: Implementation, mara: User) -> Any:
    """K.1 of the first is met; it equals K.1 of the second."""
    first, second = make_edition("first", position=1), make_edition("second", position=2)
    equal = pair(requirement(first, "K.1"), requirement(second, "K.1"))
    pair(requirement(first, "K.2"), requirement(second, "K.3"))
    answer_requirements(control=running.control, requirements=[requirement(first, "K.1")], by=mara)
    return second, equal


def test_a_proposal_is_confirmed_by_a_person_with_a_reason(
    bridged: Any, lumaro: Organisation, stridewell: Project, mara: User
):
    second, equal = bridged
    asked = requirement(second, "K.1")
    with pytest.raises(ReasonMissing):
        confirm_coverage(scope=lumaro, requirement=asked, mapping=equal, by=mara, reason=" ")
    with pytest.raises(Refused, match=r"K.3 is not met through it"):
        confirm_coverage(scope=lumaro, requirement=requirement(second, "K.3"), mapping=equal, by=mara, reason="Same")

    made = confirm_coverage(scope=lumaro, requirement=asked, mapping=equal, by=mara, reason="Both ask for copies")

    told = [(row.covered.verdict, row.confirmation and row.confirmation.reason) for row in cost_rows(lumaro, second)]
    assert told == [("mapped", "Both ask for copies"), ("gap", None), ("gap", None)]
    assert [(one.edition.key, one.mapped, one.confirmed) for one in costs(lumaro)] == [
        ("first", 0, 0),
        ("second", 1, 1),
    ]
    assert set(confirmations(stridewell)) == {asked.pk}
    withdraw_confirmation(confirmation=made, by=mara, reason="Ours are not encrypted")
    assert confirmations(lumaro) == {}


def test_the_pages_show_counts_gaps_and_confirmations(
    bridged: Any, lumaro: Organisation, mara: User, sign_in: Callable[[User], Client]
):
    client, url = sign_in(mara), reverse("controls:cost", args=["lumaro"])
    page = reverse("controls:confirm_coverage", args=["lumaro", "second", "K.1"])
    listed = {one.edition.key: (one.direct, one.mapped, one.gap) for one in client.get(url).context["costs"]}
    assert listed == {"first": (1, 0, 2), "second": (0, 1, 2)}
    gaps = client.get(url, {"edition": "second", "verdict": "gap"}).context["rows"]
    assert [row["ground"].covered.requirement.ref for row in gaps] == ["K.2", "K.3"]

    assert client.post(page, {"mapping": bridged[1].pk, "reason": ""}).status_code == 422
    assert client.post(page, {"mapping": bridged[1].pk, "reason": "Compared"}).status_code == 302
    shown = client.get(url, {"edition": "second"}).content.decode()
    assert "Through the crosswalk, confirmed" in shown
    client.post(page, {"withdraw": "yes", "reason": "Not the same"})
    assert CoverageConfirmation.objects.count() == 0
