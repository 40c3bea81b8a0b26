"""Risks with their positions, and assets, go out, are changed in a spreadsheet and come back."""

from collections.abc import Callable
from typing import Any

import pytest

from compliance.accounts.models import User
from compliance.exchange.models import State
from compliance.exchange.services import confirm
from compliance.projects.models import Project
from risks import services
from risks.models import Asset, Risk
from tests.exchange.conftest import changes, hand_in, out, rows_of, told
from tests.risks.test_asset import asset

__all__ = ["hand_in"]


@pytest.fixture
def filled(risk: Risk, score: Callable[..., Any], stridewell: Project, ed: User) -> Risk:
    """A risk with two positions, and two assets of which one rests on the other."""
    score(risk, "inherent", 5, 4)
    score(risk, "current", 3, 4)
    store = asset(stridewell, ed, "=Local store", kind="software", rank="supporting", integrity=3)
    asset(stridewell, ed, "Health data", needs=[store], confidentiality=5)
    return risk


@pytest.mark.parametrize("key", ["risks", "assets"])
def test_an_untouched_list_changes_nothing(filled: Risk, stridewell: Project, hand_in: Any, key: str) -> None:
    item = hand_in(key, stridewell, out(key, stridewell, "csv"), "list.csv")

    assert (item.state, told(item), changes(item), item.added, item.changed) == (State.READ, [], [], 0, 0)
    assert item.unchanged == {"risks": 1, "assets": 2}[key]


def test_a_score_changes_with_its_reason_and_a_new_risk_is_added(
    filled: Risk, stridewell: Project, mara: User, ria: User, hand_in: Any
) -> None:
    rows = rows_of(out("risks", stridewell))
    at = {name: number for number, name in enumerate(rows[0])}
    rows[1][at["Current likelihood"]] = 2
    wrong = hand_in("risks", stridewell, rows)
    assert told(wrong) == [(2, "Current: why", "The score changes: say anew why it stands there.")]

    rows[1][at["Current: why"]] = "Fewer crashes."
    new: list[Any] = [None] * len(rows[0])
    words = {"Risk": "Lost phone", "Because of": "no lock", "Who or what": "a thief", "Could": "read data"}
    words |= {"Leading to": "harm", "Kind of source": "criminal", "Current likelihood": 9, "Current consequence": 2}
    for name, value in {**words, "Current: why": "Seen."}.items():
        new[at[name]] = value
    outside = hand_in("risks", stridewell, [*rows, new])
    assert [problem[0] for problem in told(outside)] == [3]
    new[at["Current likelihood"]] = 4
    item = hand_in("risks", stridewell, [*rows, new])
    assert (told(item), item.added, item.changed) == ([], 1, 1)

    confirm(item=item, reason="Workshop", by=mara)
    assert Risk.objects.get(reference=filled.reference).current.likelihood == 2
    made = Risk.objects.get(title="Lost phone")
    assert (made.current.level, made.state, made.source) == ("medium", "analysed", "a thief")


def test_an_asset_is_refused_by_column_and_taken_in(
    filled: Risk, stridewell: Project, mara: User, ed: User, hand_in: Any
) -> None:
    rows = rows_of(out("assets", stridewell))
    at = {name: number for number, name in enumerate(rows[0])}
    rows[1][at["Availability"]] = 4
    new: list[Any] = [None] * len(rows[0])
    said = {"Asset": "Health data", "Kind": "information", "Rank": "primary", "Owner": ed.email, "Rests on": "AS-001"}
    for name, value in said.items():
        new[at[name]] = value
    assert told(hand_in("assets", stridewell, [*rows, new])) == [
        (4, "Asset", "AS-002 is called so already: choose another name.")
    ]
    new[at["Asset"]] = "Training plans"
    item = hand_in("assets", stridewell, [*rows, new])
    assert told(item) == []
    confirm(item=item, reason="Workshop", by=mara)
    assert [link.needed.reference for link in Asset.objects.get(name="Training plans").needs.all()] == ["AS-001"]
    assert Asset.objects.get(reference="AS-001").availability == 4
    assert services.facts_of(filled)["statement"] == filled.statement
