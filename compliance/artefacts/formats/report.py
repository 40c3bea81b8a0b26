"""What every format is read into."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256

from compliance.artefacts.formats.cvss_score import severity_of

SEVERITIES = ("critical", "high", "medium", "low", "none")
WORDS = {
    **dict.fromkeys(("critical", "very high", "very_high"), "critical"),
    **dict.fromkeys(("high", "error", "dangerous", "important", "severe"), "high"),
    **dict.fromkeys(("medium", "moderate", "warning", "warn"), "medium"),
    **dict.fromkeys(("low", "note", "minor", "hotspot", "negligible"), "low"),
    **dict.fromkeys(("none", "info", "informational", "secure", "good"), "none"),
}


def severity(word: str) -> str:
    """One of SEVERITIES for the word of a tool; empty for a word nobody knows."""
    return WORDS.get(word.strip().lower(), "")


def severity_of_score(score: float | None) -> str:
    """One of SEVERITIES for a CVSS score; empty without one."""
    return severity_of(score) if score is not None and 0 <= score <= 10 else ""


@dataclass(frozen=True)
class Component:
    """A part the app is made of; `purl` and `version` may be empty."""

    name: str
    version: str = ""
    purl: str = ""
    type: str = "library"
    licence: str = ""
    supplier: str = ""

    @property
    def label(self) -> str:
        return f"{self.name} {self.version}".strip()

    @property
    def key(self) -> str:
        """What tells it from others whatever its version: the purl without version, else the name."""
        bare = self.purl.partition("?")[0].partition("#")[0]
        head, at, tail = bare.rpartition("@")
        return (head if at and "/" not in tail else bare) or self.name


@dataclass(frozen=True)
class Found:
    """One thing a report found. `marks` are what makes it this one and no other; see `told_apart`.

    `said` is what the file claims became of it, in the words of CycloneDX (in_triage, exploitable, resolved,
    false_positive, not_affected), with `justification` and `remark`.
    """

    kind: str  # component, code or configuration
    title: str
    marks: tuple[str, ...]
    detail: str = ""
    identifiers: tuple[str, ...] = ()
    severity: str = "medium"
    cvss: str = ""
    component: Component | None = None
    location: str = ""
    fixed_in: str = ""
    tags: tuple[str, ...] = ()
    said: str = ""
    justification: str = ""
    remark: str = ""
    place: str = ""
    fingerprint: str = ""


@dataclass(frozen=True)
class Report:
    """A file as it was understood: by what it was made, about what, and what it found."""

    format: str
    tool: str
    subject: str = ""
    version: str = ""
    found: tuple[Found, ...] = ()
    components: tuple[Component, ...] = ()
    remarks: tuple[str, ...] = field(default=())


def told_apart(tool: str, found: Iterable[Found]) -> tuple[Found, ...]:
    """With fingerprints: the same marks of the same tool give the same one; repetitions are counted."""
    seen: Counter[tuple[str, ...]] = Counter()
    done = []
    for one in found:
        marks = (tool, *one.marks)
        seen[marks] += 1
        written = "\x1f".join((*marks, str(seen[marks]) if seen[marks] > 1 else ""))
        done.append(replace(one, fingerprint=sha256(written.encode("utf-8", "replace")).hexdigest()))
    return tuple(done)
