"""The fixed outline of packs: which section stands where under which number, and why one has nothing to say yet.

A room takes its place by registering a section: `order` divided by ten is the number in the full outline. What a place
still waits for is listed here with its reason and prints as one sentence, until a room registers that key.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from compliance.packs.profiles import Profile
from compliance.packs.registry import Section, sections
from compliance.packs.types import PackType

MISSING = "packs/print/missing.html"
CHANGES_SLOT = 23


@dataclass(frozen=True)
class Awaited:
    """A section whose room is not built: its key, its title, and what it will hold."""

    key: str
    title: str
    reason: str


@dataclass(frozen=True)
class Slot:
    """A place in the full outline."""

    number: int
    title: str
    awaits: tuple[Awaited, ...] = ()


OUTLINE = {
    slot.number: slot
    for slot in (
        Slot(0, "Document control"),
        Slot(1, "About this pack"),
        Slot(2, "Scope and context"),
        Slot(
            3,
            "Criteria and applicability",
            (Awaited("obligations", "Obligations", "laws and contracts that apply, with the answers that show why."),),
        ),
        Slot(4, "Mandatory documents"),
        Slot(
            5,
            "Roles, authorities, competence",
            (Awaited("competence", "Competence", "training and the evidence of competence (ISO/IEC 27001 7.2)."),),
        ),
        Slot(6, "Statements of applicability"),
        Slot(7, "Risk"),
        Slot(8, "Risk treatment plan"),
        Slot(
            9,
            "Control evidence",
            (Awaited("control_tests", "Control tests", "tests of controls with population, sample and result."),),
        ),
        Slot(
            10,
            "Project file",
            (
                Awaited("architecture", "Architecture and threat model", "components, trust boundaries and threats."),
                Awaited("requirements", "Security requirements", "requirements traced to tests, with MASVS verdicts."),
            ),
        ),
        Slot(
            11,
            "Releases and gates",
            (Awaited("gates", "Gates", "the decisions G0 to G5 of each release, with their deviations."),),
        ),
        Slot(12, "Records of processing"),
        Slot(13, "Data flows"),
        Slot(
            14,
            "Assessments, notices, declarations",
            (
                Awaited("dpia", "Impact assessments", "screening, assessment, opinion and decision (GDPR Art. 35)."),
                Awaited("notices", "Notices and store declarations", "what people were told, and the store labels."),
            ),
        ),
        Slot(15, "Processors and transfers"),
        Slot(16, "Data-subject requests"),
        Slot(
            17,
            "Incidents and breaches",
            (Awaited("incidents", "Incidents and breaches", "the register Art. 33(5) GDPR asks for."),),
        ),
        Slot(
            18,
            "Vulnerabilities and updates",
            (Awaited("vulnerabilities", "Vulnerabilities and updates", "what was found, when due, when mended."),),
        ),
        Slot(
            19,
            "Monitoring, metrics, objectives",
            (Awaited("metrics", "Objectives and measurements", "targets and results (ISO/IEC 27001 6.2, 9.1)."),),
        ),
        Slot(
            20,
            "Audits, findings, management review",
            (
                Awaited("audits", "Internal audits and findings", "programme, audits, findings and their correction."),
                Awaited("management_review", "Management review", "inputs and decisions (ISO/IEC 27001 9.3)."),
            ),
        ),
        Slot(21, "Cross references"),
        Slot(22, "Exhibits"),
        Slot(CHANGES_SLOT, "Change history"),
        Slot(24, "Integrity"),
    )
}


@dataclass
class Planned:
    """A part of the pack in its place: number ("7" or "7.2"), the title of its place, its section and context."""

    number: str
    slot: str
    section: Section
    context: Mapping[str, Any] = field(default_factory=dict)


def registered(kind: PackType, number: int) -> list[Section]:
    """The sections the rooms have put into a place of the outline, in print order."""
    return [item for item in _placed(kind, number) if not kind.only or item.key in kind.only]


def elsewhere(kind: PackType) -> list[str]:
    """The titles of what a pack of this kind leaves to the project's file."""
    placed = (item for number in kind.slots for item in _placed(kind, number))
    return [item.title for item in placed if kind.only and item.key not in kind.only]


def _placed(kind: PackType, number: int) -> list[Section]:
    return [item for item in sections if item.order // 10 == number and item.serves(kind.key)]


def awaited(number: int) -> list[Awaited]:
    """What a place still waits for."""
    return [item for item in OUTLINE[number].awaits if item.key not in sections]


def missing(key: str, title: str, number: int, reason: str) -> tuple[Section, dict[str, str]]:
    """A section that prints why there is nothing."""
    return Section(key, title, number * 10 + 9, MISSING, lambda *_: {}), {"reason": reason}


def absent(kind: PackType, profile: Profile) -> Iterator[tuple[Section, dict[str, str]]]:
    """What the kind's outline has a place for and the pack does not hold, each with its reason."""
    for number in kind.slots:
        if profile.sections and number not in profile.sections:
            yield missing(f"slot-{number}", OUTLINE[number].title, number, profile.withheld)
            continue
        for item in awaited(number):
            yield missing(item.key, item.title, number, f"Not yet part of Assay: {item.reason}")


def shown(kind: PackType, profile: Profile) -> list[Section]:
    """The registered sections a pack of this kind asks, for this reader."""
    numbers = [number for number in kind.slots if not profile.sections or number in profile.sections]
    return [item for number in numbers for item in registered(kind, number) if item.key not in profile.without]


def planned(kind: PackType, parts: Iterable[tuple[Section, Mapping[str, Any]]]) -> list[Planned]:
    """Put parts into their places and number them; a place with several has 7.1, 7.2."""
    by_slot: dict[int, list[tuple[Section, Mapping[str, Any]]]] = {number: [] for number in kind.slots}
    for section, context in parts:
        by_slot.setdefault(section.order // 10, []).append((section, context))
    found = []
    for place, number in enumerate(kind.slots):
        here = sorted(by_slot[number], key=lambda part: part[0].order)
        for index, (section, context) in enumerate(here, start=1):
            label = str(place) if len(here) == 1 else f"{place}.{index}"
            found.append(Planned(label, OUTLINE[number].title, section, context))
    return found
