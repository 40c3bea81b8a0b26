"""Requirements as people cite them: each framework named once."""

from collections.abc import Iterable

from controls.models import Requirement


def by_framework(requirements: Iterable[Requirement]) -> list[str]:
    """What is cited of each framework, in the order given: "ISO/IEC 27001:2022 A.5.15, A.5.16"."""
    found: dict[str, list[str]] = {}
    for one in requirements:
        found.setdefault(one.edition.label, []).append(one.ref)
    return [f"{label} {', '.join(dict.fromkeys(refs))}" for label, refs in found.items()]
