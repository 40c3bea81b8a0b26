"""Where a release stands: each gate, what was decided there, and what holds it back now."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from compliance.projects.models import Release
from compliance.releases.gates import Gate, rules
from compliance.releases.models import GateDecision, Verdict
from compliance.releases.registry import gate_checks


@dataclass(frozen=True)
class Finding:
    """What a check named, and the check that named it."""

    check: str
    title: str
    kind: str
    text: str
    url: str = ""
    who: str = ""


@dataclass
class GateStanding:
    """One gate of a release. `state` is a verdict, or `ready`, `blocked` or `waits` (for a gate before it)."""

    gate: Gate
    state: str
    decision: GateDecision | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether the release is let through."""
        return self.state in {Verdict.PASSED, Verdict.WITH_DEVIATION, Verdict.OVERRIDDEN}


WORDS = {
    **dict(Verdict.choices),
    "ready": "Ready to decide",
    "blocked": "Held back",
    "waits": "Waits for the gate before",
}


def standings(release: Release, decisions: Iterable[GateDecision], at: datetime) -> list[GateStanding]:
    """Every gate its class passes; the checks are asked where it stands, not at gates that wait for one before."""
    newest = {one.gate: one for one in decisions}
    found: list[GateStanding] = []
    before = True
    for gate in rules().of_class(release.change_class):
        decision = newest.get(gate.key)
        if decision and decision.opens(at.date(), release.released_at):
            one = GateStanding(gate, decision.verdict, decision)
        else:
            findings = asked(release, gate.key, at) if before else []
            one = GateStanding(gate, _undecided(release, gate, decision, findings, before), decision, findings)
        before = before and (one.is_open or rules().may_follow(release.change_class, gate.key))
        found.append(one)
    return found


def _undecided(
    release: Release, gate: Gate, decision: GateDecision | None, findings: list[Finding], before: bool
) -> str:
    if not before:
        return "waits"
    if findings:
        return "blocked"
    if decision and decision.verdict == Verdict.FAILED:
        return Verdict.FAILED.value
    return "ready"


def asked(release: Release, gate: str, at: datetime) -> list[Finding]:
    """What the checks of a gate find."""
    return [
        Finding(check.key, check.title, check.kind, one.text, one.url, one.who)
        for check in gate_checks
        if check.gate == gate
        for one in check.source(release, at)
    ]


def next_gate(found: Iterable[GateStanding]) -> GateStanding | None:
    """The gate a release stands at; None when it passed all."""
    return next((one for one in found if not one.is_open), None)


def days_late(release: Release, gate: str, on: date) -> int:
    """How many days after its time a gate is passed; 0 when in time or when nobody said when that was."""
    if gate == "G1" and release.development_date:
        return max((on - release.development_date).days, 0)
    if gate in {"G3", "G4"} and release.released_at:
        return max((on - release.released_at.date()).days, 0)
    return 0


def review_due(release: Release) -> date | None:
    """The last day of its review after publication."""
    days = rules().review_days.get(release.change_class)
    return None if days is None or not release.released_at else release.released_at.date() + timedelta(days=days)
