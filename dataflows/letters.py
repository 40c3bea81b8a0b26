"""A record of processing letter by letter, in the order of GDPR Art. 30, and what each letter still lacks.

The record is complete when it comes from `ProcessingActivity.objects.complete()` or from `dataflows.past`.
"""

from dataclasses import dataclass

from compliance.projects.models import Organisation
from dataflows import vocabulary
from dataflows.models import DataItem, Party, ProcessingActivity


@dataclass(frozen=True)
class Letter:
    """One letter: what stands under it (lines), and what is missing (in words; empty when it is complete)."""

    letter: str
    title: str
    lines: tuple[str, ...]
    missing: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        return not self.missing


def letters(activity: ProcessingActivity, organisation: Organisation) -> list[Letter]:
    """Art. 30(1) a to g for a controller, Art. 30(2) a to d for a processor."""
    if activity.is_controller:
        return [
            _controller(activity, organisation),
            _purposes(activity, "b", "Purposes"),
            _subjects_and_data(activity),
            _recipients(activity),
            _transfers(activity, "e"),
            _retention(activity),
            _security(activity, "g"),
        ]
    return [
        _processor(activity, organisation),
        _purposes(activity, "b", "Categories of processing"),
        _transfers(activity, "c"),
        _security(activity, "d"),
    ]


def missing(activity: ProcessingActivity, organisation: Organisation) -> list[str]:
    """The letters that are not complete, e.g. `(e)`."""
    return [f"({row.letter})" for row in letters(activity, organisation) if not row.is_complete]


def _who(organisation: Organisation) -> tuple[list[str], list[str]]:
    contact = organisation.address or organisation.contact_email
    lines = [organisation.legal_name or organisation.name]
    lines += [text for text in (organisation.address, organisation.contact_email) if text]
    lacking = [] if contact else ["contact of the organisation"]
    if organisation.dpo_name:
        lines.append(f"Data protection officer: {organisation.dpo_name} {organisation.dpo_contact}".strip())
    else:
        lacking.append("data protection officer")
    if organisation.uk_representative:
        lines.append(f"Representative in the United Kingdom: {organisation.uk_representative}")
    if organisation.eu_representative:
        lines.append(f"Representative in the EU: {organisation.eu_representative}")
    elif organisation.country and not vocabulary.in_eea(organisation.country):
        lacking.append("representative in the EU")
    return lines, lacking


def _controller(activity: ProcessingActivity, organisation: Organisation) -> Letter:
    lines, lacking = _who(organisation)
    joint = [party for party in _parties(activity) if party.role == Party.Role.JOINT_CONTROLLER]
    lines += [f"Joint controller: {_named(party)}" for party in joint]
    if activity.joint_arrangement.strip():
        lines.append(f"Arrangement: {activity.joint_arrangement.strip()}")
    if activity.role == ProcessingActivity.Role.JOINT_CONTROLLER:
        lacking += [] if joint else ["the joint controller"]
        lacking += [] if activity.joint_arrangement.strip() else ["the arrangement with the joint controller (Art. 26)"]
    return Letter("a", "Controller and contacts", tuple(lines), tuple(lacking))


def _processor(activity: ProcessingActivity, organisation: Organisation) -> Letter:
    lines, lacking = _who(organisation)
    controllers = [party for party in _parties(activity) if party.role == Party.Role.CONTROLLER]
    lines += [f"On behalf of {_named(party)}" for party in controllers]
    if activity.role == ProcessingActivity.Role.SUB_PROCESSOR:
        above = [party for party in _parties(activity) if party.role == Party.Role.PROCESSOR]
        lines += [f"Engaged by or together with {_named(party)}" for party in above]
    if not controllers:
        lacking.append("the controller we work for")
    return Letter("a", "Processor, controllers and contacts", tuple(lines), tuple(lacking))


def _purposes(activity: ProcessingActivity, letter: str, title: str) -> Letter:
    lines = tuple(activity.purposes)
    return Letter(letter, title, lines, () if lines else (title.lower(),))


def _subjects_and_data(activity: ProcessingActivity) -> Letter:
    lines, lacking = [], []
    if activity.subjects:
        lines.append(", ".join(activity.subjects))
    else:
        lacking.append("categories of data subjects")
    if activity.data_rows:
        lines += [_item(link.item) for link in activity.data_rows]
    else:
        lacking.append("categories of personal data")
    return Letter("c", "Data subjects and personal data", tuple(lines), tuple(lacking))


def _item(item: DataItem) -> str:
    flags = (("special category", item.is_special), ("offences", item.is_criminal), ("of children", item.children))
    return f"{item.name} ({', '.join([item.category_label, *(word for word, is_so in flags if is_so)])})"


def _recipients(activity: ProcessingActivity) -> Letter:
    found = [party for party in _parties(activity) if party.role != Party.Role.CONTROLLER]
    if found:
        lines = tuple(f"{_named(party)}, {party.get_role_display().lower()}: {party.service}" for party in found)
        return Letter("d", "Recipients", lines)
    if activity.flow_rows:
        return Letter("d", "Recipients", ("None: no flow of this activity reaches another party.",))
    return Letter("d", "Recipients", (), ("recipients, or a flow that shows there are none",))


def _transfers(activity: ProcessingActivity, letter: str) -> Letter:
    title = "Transfers outside the EEA"
    if not activity.flow_rows:
        return Letter(letter, title, (), ("flows, from which transfers follow",))
    lines, lacking = [], []
    for flow in activity.flow_rows:
        recorded = {row.country: row for row in flow.transfer_rows if row.mechanism}
        for code in flow.countries_outside_eea():
            name = vocabulary.country_name(code)
            if code not in recorded:
                lacking.append(f"mechanism for {name} in {flow.reference}")
                continue
            row = recorded[code]
            to = f"{row.importer.name}, {name}" if row.importer else name
            safeguard = f"; {row.safeguard}" if row.safeguard else ""
            lines.append(f"{flow.reference} to {to}: {vocabulary.mechanisms()[row.mechanism]}{safeguard}")
    if not lines and not lacking:
        lines.append("None: every place on the way is in the EEA.")
    return Letter(letter, title, tuple(lines), tuple(lacking))


def _retention(activity: ProcessingActivity) -> Letter:
    title = "Time limits for erasure"
    if not activity.data_rows:
        return Letter("f", title, (), ("time limits: choose the personal data first",))
    lines = tuple(f"{link.item.name}: {link.limit}" for link in activity.data_rows if link.limit)
    open_items = [link.item.name for link in activity.data_rows if not link.limit]
    return Letter("f", title, lines, (f"time limit for {', '.join(open_items)}",) if open_items else ())


def _security(activity: ProcessingActivity, letter: str) -> Letter:
    lines = [line.strip() for line in activity.security_measures.splitlines() if line.strip()]
    for link in activity.measure_rows:
        row = link.implementation
        lines.append(f"{row.reference} {row.control.title}, {row.get_status_display().lower()}")
    return Letter(letter, "Security measures", tuple(lines), () if lines else ("security measures",))


def _parties(activity: ProcessingActivity) -> list[Party]:
    """Those named in the record and those its flows reach, each once, by name."""
    found = {link.party_id: link.party for link in activity.party_rows}
    for flow in activity.flow_rows:
        found |= {node.party.pk: node.party for node in flow.nodes if node.party}
    return sorted(found.values(), key=lambda party: party.name)


def _named(party: Party) -> str:
    contact = f", {party.contact}" if party.contact else ""
    return f"{party.name} ({vocabulary.country_name(party.country)}{contact})"
