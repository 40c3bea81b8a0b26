"""Whether an impact assessment is required: the cases of the law, the nine criteria, and what the records propose.

Pure functions of complete records of processing with their flows (GDPR Art. 35(1), (3), (4); WP 248 rev. 01).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dataflows import vocabulary
from dataflows.models import ProcessingActivity

CASES = {
    "a": "People are evaluated systematically and extensively by automated means, with legal or similar effects",
    "b": "Special categories or criminal matters are processed on a large scale",
    "c": "A publicly accessible area is monitored systematically on a large scale",
    "national": "The list of the authority in charge names it",
}
CRITERIA = {
    "1": "Evaluation or scoring",
    "2": "Automated decisions with legal or similar effect",
    "3": "Systematic monitoring",
    "4": "Sensitive or highly personal data",
    "5": "Large scale",
    "6": "Datasets are matched or combined",
    "7": "Vulnerable people, children among them",
    "8": "Innovative use or technology",
    "9": "It keeps people from a right, a service or a contract",
}
QUESTIONS = {**CASES, **CRITERIA}
ARTICLES = {"a": "Art. 35(3)(a)", "b": "Art. 35(3)(b)", "c": "Art. 35(3)(c)", "national": "Art. 35(4)"}
LARGE = 100_000
PERSONAL = {"location_precise", "payment_info", "messages", "audio", "surroundings", "identity_document", "criminal"}
WATCHING = {"location_precise", "surroundings", "audio"}


def outcome(hits: Iterable[str], threshold: int) -> str:
    """`required`, `decision` (of the data protection officer, with reasons) or `not_required`."""
    found = set(hits)
    criteria = len(found & set(CRITERIA))
    if found & set(CASES) or criteria >= threshold:
        return "required"
    return "decision" if criteria else "not_required"


def proposals(activities: Iterable[ProcessingActivity], people: int | None) -> dict[str, str]:
    """What the records suggest by question, each with why; a person confirms or turns it down."""
    found: dict[str, str] = {}
    rows = list(activities)
    for activity in rows:
        for key, why in _of_record(activity):
            found.setdefault(key, f"{activity.reference}: {why}")
    if people and people >= LARGE:
        found["5"] = f"{people:,} people use the app.".replace(",", " ")
        if "4" in found and any(row.is_special for row in rows):
            found["b"] = f"{found['4']} On a large scale: {found['5']}"
    if len(rows) > 1:
        found.setdefault("6", f"{len(rows)} records of processing come together.")
    return found


def _of_record(activity: ProcessingActivity) -> Iterator[tuple[str, str]]:
    items = [link.item for link in activity.data_rows] + [item for flow in activity.flow_rows for item in flow.data]
    special = sorted({item.name for item in items if item.is_special})
    telling = sorted({item.name for item in items if item.category in PERSONAL})
    if special:
        yield "4", f"special categories ({', '.join(special)})."
    elif telling:
        yield "4", f"highly personal data ({', '.join(telling)})."
    watched = sorted({item.name for item in items if item.category in WATCHING})
    if watched:
        yield "3", f"{', '.join(watched)} can follow people."
    if activity.automated_decisions:
        yield "2", "it decides about people automatically."
        yield "1", "it evaluates people to decide about them."
    groups = set(activity.subject_categories).union(*(flow.subject_categories for flow in activity.flow_rows))
    if vocabulary.is_minor(groups):
        yield "7", "children are among the people."
    elif "employees" in groups:
        yield "7", "employees are among the people."


def countries_of(activities: Iterable[ProcessingActivity]) -> list[str]:
    """Names of the third countries the data reaches: no criterion of its own, but part of the picture."""
    codes = {code for row in activities for flow in row.flow_rows for code in flow.countries_outside_eea()}
    return sorted(vocabulary.country_name(code) for code in codes)


def description(activities: Iterable[ProcessingActivity]) -> dict[str, Any]:
    """The processing in plain words by reference: what an assessment freezes, and is compared with later."""
    found: dict[str, Any] = {}
    for row in sorted(activities, key=lambda one: one.reference):
        found[row.reference] = _record(row)
        for flow in row.flow_rows:
            found[flow.reference] = {
                "title": flow.title,
                "purpose": flow.purpose,
                "way": flow.path,
                "data": ", ".join(sorted(item.name for item in flow.data)),
                "people": flow.subjects,
                "legal basis": flow.get_legal_basis_display(),
                "countries outside the EEA": ", ".join(map(vocabulary.country_name, flow.countries_outside_eea())),
                "protection": flow.get_protection_display(),
                "kept": flow.retention,
            }
    return found


def _record(row: ProcessingActivity) -> dict[str, str]:
    return {
        "title": row.name,
        "purpose": "\n".join(row.purposes),
        "people": ", ".join(row.subjects),
        "data": ", ".join(f"{link.item.name}{' (special)' if link.item.is_special else ''}" for link in row.data_rows),
        "legal basis": "; ".join(row.bases),
        "condition": "; ".join(row.conditions),
        "kept": "; ".join(f"{link.item.name}: {link.limit}" for link in row.data_rows if link.limit),
        "parties": ", ".join(link.party.name for link in row.party_rows),
        "measures": ", ".join(str(link.implementation.reference) for link in row.measure_rows),
        "automated decisions": "yes" if row.automated_decisions else "no",
    }


def changes(frozen: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What changed since the freezing: (what, before, after); empty while the assessment still fits."""
    found = []
    for key in sorted({*frozen, *now}):
        before, after = frozen.get(key), now.get(key)
        if before is None or after is None:
            found.append((key, "" if before is None else before["title"], "" if after is None else after["title"]))
            continue
        found += [
            (f"{key}, {name}", before.get(name, ""), after.get(name, ""))
            for name in {**before, **after}
            if before.get(name, "") != after.get(name, "")
        ]
    return found


def prefilled(activities: Iterable[ProcessingActivity]) -> dict[str, str]:
    """A first text of the description from the records, to be read and completed by a person."""
    rows = list(activities)
    flows = [flow for row in rows for flow in row.flow_rows]
    groups = sorted({name for row in rows for name in row.subjects})
    countries = countries_of(rows)
    return {
        "purposes": "\n".join(text for row in rows for text in row.purposes),
        "context": "\n".join(
            [f"People: {', '.join(groups) or 'not said'}.", f"Outside the EEA: {', '.join(countries) or 'nowhere'}."]
        ),
        "lifecycle": "\n".join(f"{flow.reference} {flow.title}: {flow.path}." for flow in flows),
        "means": "\n".join(sorted({node.name for flow in flows for node in flow.nodes})),
        "legal_basis": "\n".join(
            f"{row.reference} {row.name}: {', '.join([*row.bases, *row.conditions]) or 'none named'}." for row in rows
        ),
        "retention": "\n".join(
            f"{link.item.name}: {link.limit}" for row in rows for link in row.data_rows if link.limit
        ),
        "security": "\n".join(row.security_measures for row in rows if row.security_measures),
    }
