"""A method is judged before it counts, approved by somebody else, and fixed from then on."""

from copy import deepcopy

import pytest

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.ledger import change
from compliance.projects.models import Organisation
from risks import services
from risks.models import MethodIsFixed, RiskMethod
from risks.scales import default_method, people_level, problems, resized, threats


def test_the_shipped_method_has_no_flaw_and_is_the_product_of_its_scales() -> None:
    method = default_method()
    edges = ((4, "low"), (9, "medium"), (16, "high"), (25, "critical"))

    assert problems(method) == []
    for likelihood in range(1, 6):
        for consequence in range(1, 6):
            level = next(name for top, name in edges if likelihood * consequence <= top)
            assert method["matrix"][likelihood - 1][consequence - 1] == level


def test_the_threats_are_thirty_six() -> None:
    assert list(threats()) == [f"T{number:02d}" for number in range(1, 37)]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("likelihoods", 1, "description"), " ", "Likelihood 2: give it a description."),
        (("consequences", 0, "name"), "", "Consequence 1: give it a name."),
        (
            ("matrix", 4, 4),
            "low",
            "Matrix 5 × 5 (Almost certain × Severe) is low, lower than 5 × 4 (Almost certain × Major): "
            "a level never falls as either rises.",
        ),
        (("matrix", 0, 0), "grave", "Matrix 1 × 1: grave is not a level; use low, medium, high, critical."),
        (("bands", 3, "acceptance_days"), 120, "Band critical: it is accepted for 90 days at most, not 120."),
        (("bands", 2, "authority"), [], "Band high: name who may accept it."),
        (
            ("bands", 2, "authority"),
            ["dpo"],
            "Band high: the role dpo does not accept risks; use risk_owner, executive.",
        ),
        (("bands", 1, "review_days"), 0, "Band medium: review_days is 1 or more."),
    ],
)
def test_a_flaw_is_named(path: tuple[str, int, object], value: object, said: str) -> None:
    method = deepcopy(default_method())
    target = method[path[0]][path[1]]
    target[path[2]] = value

    assert problems(method) == [said]


def test_every_cell_needs_a_band_and_one_band_is_unacceptable() -> None:
    method = deepcopy(default_method())
    method["bands"] = method["bands"][:2]

    assert problems(method) == [
        "Bands: high is used in the matrix but has no band.",
        "Bands: critical is used in the matrix but has no band.",
        "Bands: at least one level has to be unacceptable, or nothing would ever be treated.",
    ]


def test_a_matrix_of_the_wrong_size_is_named() -> None:
    method = deepcopy(default_method())
    method["matrix"][2].pop()

    assert problems(method) == ["Matrix row 3: it has 4 cells, but there are 5 consequences."]


def test_somebody_else_approves_and_the_version_is_fixed(method: RiskMethod, ria: User, mara: User) -> None:
    assert (method.label, method.state, method.approved_by, method.is_intact) == ("RM-1.0", "approved", ria, True)
    with pytest.raises(MethodIsFixed):
        services.revise_method(method=method, by=mara, title="Other")
    method.matrix[0][0] = "medium"
    with pytest.raises(MethodIsFixed), change(by=mara):
        method.save()


def test_the_author_does_not_approve(lumaro: Organisation, mara: User) -> None:
    draft = services.draft_method(organisation=lumaro, by=mara)

    with pytest.raises(NotYours):
        services.approve_method(method=draft, by=mara, reason="Mine.")


def test_whoever_revises_a_draft_becomes_its_author(lumaro: Organisation, mara: User, ria: User) -> None:
    draft = services.draft_method(organisation=lumaro, by=mara)
    services.revise_method(method=draft, by=ria, title="Ours")

    with pytest.raises(NotYours):
        services.approve_method(method=draft, by=ria, reason="Mine now.")


def test_a_new_version_supersedes_the_one_before(
    method: RiskMethod, lumaro: Organisation, mara: User, ria: User
) -> None:
    draft = services.draft_method(organisation=lumaro, by=mara, change_note="Shorter reviews.")
    services.approve_method(method=draft, by=ria, reason="Agreed.")

    method.refresh_from_db()
    assert (draft.label, method.state) == ("RM-1.1", "superseded")
    assert RiskMethod.objects.in_force(lumaro) == draft


def test_a_flawed_draft_is_not_stored(lumaro: Organisation, mara: User) -> None:
    with pytest.raises(services.MethodIncomplete, match="Likelihood: a scale has 3 to 5 values, this one has 0"):
        services.draft_method(organisation=lumaro, by=mara, likelihoods=[])

    assert RiskMethod.objects.count() == 0


def test_harm_to_people_has_a_scale_of_its_own() -> None:
    table = [[people_level(severity, likelihood) for likelihood in range(1, 5)] for severity in range(1, 5)]

    assert table == [
        ["low", "low", "low", "medium"],
        ["low", "medium", "medium", "high"],
        ["low", "medium", "high", "very_high"],
        ["medium", "high", "very_high", "very_high"],
    ]
    assert people_level(None, None) == ""


@pytest.mark.once
@pytest.mark.parametrize("size", [(3, 3), (3, 5), (4, 4), (5, 4)])
def test_every_size_picked_from_the_five_by_five_stays_without_a_flaw(size: tuple[int, int]) -> None:
    method = default_method()
    sized = {**method, **resized(method, *size)}

    assert problems(sized) == []
    assert (len(sized["likelihoods"]), len(sized["consequences"])) == size
    assert sized["matrix"][-1][-1] == "critical"
    assert problems({**sized, **resized(sized, 5, 5)}) == []


@pytest.mark.once
def test_a_dimension_is_described_at_every_value() -> None:
    method = default_method()
    del method["consequences"][1]["dimensions"]["trust"]

    assert problems(method) == ["Consequence 2: describe it for customer trust, or leave that dimension out of all."]
