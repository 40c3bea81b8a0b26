"""Reading and judging a risk method as plain data, and the scale of harm to people that stands beside it.

A method is lists and mappings of text and whole numbers, so that it can be hashed, printed and compared:
`likelihoods` and `consequences` (name, description), `matrix` (a row per likelihood, a level per consequence) and
`bands` (what each level means). ISO/IEC 27001 6.1.2 a; ISO/IEC 27005 6.4, 7.3.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from compliance.projects.roles import ROLES

LEVELS = ("low", "medium", "high", "critical")
CRITICAL_DAYS = 90
CONTENT = ("likelihoods", "consequences", "matrix", "bands")
DECIDING = tuple(key for key, role in ROLES.items() if role.allows("acceptance", "approve"))
DATA = Path(__file__).parent / "data"


@cache
def data_file(name: str) -> Any:
    """A file of data/, read once."""
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))


def default_method() -> dict[str, Any]:
    """The five by five an organisation starts from: label, title and content."""
    read = data_file("method-5x5.yaml")
    return {name: deepcopy(read[name]) for name in ("label", "title", *CONTENT)}


DIMENSIONS = {
    "financial": "Financial",
    "legal": "Legal and regulatory",
    "trust": "Customer trust",
    "operations": "Operations and availability",
    "safety": "Safety",
    "contractual": "Contractual",
}
SIZES = range(3, 6)


def resized(content: Mapping[str, Any], likelihoods: int, consequences: int) -> dict[str, Any]:
    """A method's scales and matrix with other sizes: values and cells picked evenly, so that no level falls.

    A value that stands twice is marked, to be described anew.
    """
    rows, columns = content["likelihoods"], content["consequences"]
    down = [round(n * (len(rows) - 1) / (likelihoods - 1)) for n in range(likelihoods)]
    across = [round(n * (len(columns) - 1) / (consequences - 1)) for n in range(consequences)]
    return {
        "likelihoods": _picked(rows, down),
        "consequences": _picked(columns, across),
        "matrix": [[content["matrix"][y][x] for x in across] for y in down],
    }


def _picked(scale: Sequence[Mapping[str, Any]], places: Sequence[int]) -> list[dict[str, Any]]:
    picked = [deepcopy(dict(scale[place])) for place in places]
    for number, place in enumerate(places):
        if place in places[:number]:
            picked[number]["name"] = f"{picked[number]['name']} ({number + 1})"
    return picked


def threats() -> dict[str, dict[str, Any]]:
    """The threat tags by id, in order."""
    return {threat["id"]: threat for threat in data_file("threats.yaml")["threats"]}


def problems(method: Mapping[str, Any]) -> list[str]:
    """What is wrong with a method, each as a sentence; empty when it can be used."""
    found = [
        *_scale_problems("Likelihood", method["likelihoods"]),
        *_scale_problems("Consequence", method["consequences"]),
    ]
    found += _dimension_problems(method["consequences"])
    found += _matrix_problems(method["matrix"], len(method["likelihoods"]), len(method["consequences"]))
    if not found:
        found += _band_problems(method["bands"], {level for row in method["matrix"] for level in row})
    if not found:
        found += _falling_cells(method)
    return found


def _scale_problems(name: str, scale: Sequence[Mapping[str, Any]]) -> list[str]:
    if not 3 <= len(scale) <= 5:
        return [f"{name}: a scale has 3 to 5 values, this one has {len(scale)}."]
    return [
        f"{name} {number}: give it a {part}."
        for number, value in enumerate(scale, 1)
        for part in ("name", "description")
        if not str(value.get(part, "")).strip()
    ]


def _matrix_problems(matrix: Sequence[Sequence[str]], likelihoods: int, consequences: int) -> list[str]:
    if len(matrix) != likelihoods:
        return [f"Matrix: it has {len(matrix)} rows, but there are {likelihoods} likelihoods."]
    found = []
    for number, row in enumerate(matrix, 1):
        if len(row) != consequences:
            found.append(f"Matrix row {number}: it has {len(row)} cells, but there are {consequences} consequences.")
        found += [
            f"Matrix {number} × {column}: {level or 'nothing'} is not a level; use {', '.join(LEVELS)}."
            for column, level in enumerate(row, 1)
            if level not in LEVELS
        ]
    return found


def _dimension_problems(consequences: Sequence[Mapping[str, Any]]) -> list[str]:
    """A dimension is described at every value or at none: the worst one counts, so each has to be found."""
    used = {key for value in consequences for key in value.get("dimensions", {})}
    return [
        f"Consequence {number}: describe it for {DIMENSIONS.get(key, key).lower()}, or leave that dimension out of all."
        for number, value in enumerate(consequences, 1)
        for key in [*DIMENSIONS, *sorted(used - set(DIMENSIONS))]
        if key in used and not str(value.get("dimensions", {}).get(key, "")).strip()
    ]


def _falling_cells(method: Mapping[str, Any]) -> list[str]:
    """The first cell lower than its neighbour with less likelihood or consequence."""
    rank = [[LEVELS.index(level) for level in row] for row in method["matrix"]]
    for y, row in enumerate(rank):
        for x, level in enumerate(row):
            for above, left in ((y, x - 1), (y - 1, x)):
                if above >= 0 and left >= 0 and level < rank[above][left]:
                    here, there = _cell(method, y, x), _cell(method, above, left)
                    return [
                        f"Matrix {here} is {LEVELS[level]}, lower than {there}: a level never falls as either rises."
                    ]
    return []


def _cell(method: Mapping[str, Any], y: int, x: int) -> str:
    names = (method["likelihoods"][y]["name"], method["consequences"][x]["name"])
    return f"{y + 1} × {x + 1} ({' × '.join(names)})"


def _band_problems(bands: Sequence[Mapping[str, Any]], used: set[str]) -> list[str]:
    named = [band["level"] for band in bands]
    found = [f"Bands: {level} is used in the matrix but has no band." for level in LEVELS if level in used - set(named)]
    if len(set(named)) != len(named) or named != sorted(named, key=LEVELS.index):
        found.append("Bands: name each level once, from the lowest to the highest.")
    if all(band["acceptable"] for band in bands):
        found.append("Bands: at least one level has to be unacceptable, or nothing would ever be treated.")
    for band in bands:
        if not str(band["criterion"]).strip():
            found.append(f"Band {band['level']}: say in words what it means for acceptance.")
        found += _authority_problems(band)
        found += [f"Band {band['level']}: {name} is 1 or more." for name in _DAYS if not _positive(band[name])]
        if (
            band["level"] == "critical"
            and _positive(band["acceptance_days"])
            and band["acceptance_days"] > CRITICAL_DAYS
        ):
            found.append(
                f"Band critical: it is accepted for {CRITICAL_DAYS} days at most, not {band['acceptance_days']}."
            )
    return found


def _authority_problems(band: Mapping[str, Any]) -> list[str]:
    """Who is named has to be able to decide, or the level could never be accepted."""
    if not band["authority"]:
        return [f"Band {band['level']}: name who may accept it."]
    unable = [role for role in band["authority"] if role not in DECIDING]
    return [
        f"Band {band['level']}: the role {role} does not accept risks; use {', '.join(DECIDING)}." for role in unable
    ]


_DAYS = ("review_days", "acceptance_days")


def _positive(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


# Harm to people: a scale of its own, never merged with the organisation's level (GDPR recitals 75, 76).
PEOPLE_SEVERITY = {1: "Negligible", 2: "Limited", 3: "Significant", 4: "Maximum"}
PEOPLE_LIKELIHOOD = {1: "Negligible", 2: "Limited", 3: "Significant", 4: "Maximum"}


def people_level(severity: int | None, likelihood: int | None) -> str:
    """low, medium, high or very_high by the 4×4; empty when not assessed. Severity 4 is never below medium."""
    if not severity or not likelihood:
        return ""
    product = severity * likelihood
    if product >= 12:
        return "very_high"
    if product >= 8:
        return "high"
    return "medium" if product >= 4 or severity == 4 else "low"
