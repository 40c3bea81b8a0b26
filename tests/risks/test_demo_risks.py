"""The risks of the demonstration reproduce their levels from likelihood and consequence, by the method as data."""

import pytest

from risks.demo.stage import script
from risks.scales import default_method, people_level

# By key of the script: inherent, current, residual, and the view of the people concerned.
LEVELS = {
    "R-001": ("critical", "high", "medium", "high"),
    "R-002": ("critical", "high", "medium", "medium"),
    "R-003": ("high", "high", "low", "high"),
    "R-004": ("critical", "high", "medium", "medium"),
    "R-005": ("high", "medium", "", ""),
    "R-006": ("high", "medium", "medium", "medium"),
    "R-007": ("high", "high", "low", ""),
    "R-008": ("high", "medium", "", ""),
    "R-009": ("high", "medium", "medium", "medium"),
    "R-010": ("high", "high", "medium", "medium"),
    "R-011": ("high", "medium", "", ""),
    "R-012": ("high", "medium", "medium", "medium"),
}


@pytest.mark.once
def test_the_levels_of_the_demonstration_follow_from_likelihood_and_consequence() -> None:
    matrix = default_method()["matrix"]

    def level(score: dict[str, int] | None) -> str:
        return matrix[score["likelihood"] - 1][score["consequence"] - 1] if score else ""

    found = {}
    for case in script("risks")["risks"]:
        last = case.get("again") or case.get("current") or case["inherent"]
        people = case.get("people", {})
        found[case["key"]] = (
            *(level(case["inherent"]), level(last), level(case.get("residual"))),
            people_level(people.get("severity"), people.get("likelihood")),
        )
    assert found == LEVELS
