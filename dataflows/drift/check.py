"""All rules over one build and its papers; what was accepted is told apart, until its day."""

from dataclasses import dataclass
from functools import cache
from itertools import islice

from dataflows.drift import access, components, labels, parties, protection, records
from dataflows.drift.build import Build
from dataflows.drift.finding import Finding, Mend, Rule, found
from dataflows.drift.known import rule_rows
from dataflows.drift.papers import Accepted, Papers
from dataflows.drift.registered import JUDGES

MODULES = (access, components, labels, parties, protection, records)
ORDER = {"block": 0, "high": 1, "medium": 2, "low": 3}
MOST = 300
RULES = tuple(f"DR{n:02}" for n in range(1, 26))


@dataclass(frozen=True)
class Checked:
    """What is open, and what somebody took on with the acceptance that covers it; `cut` are rules that found more."""

    open: tuple[Finding, ...]
    accepted: tuple[tuple[Finding, Accepted], ...] = ()
    cut: tuple[str, ...] = ()

    def of(self, rule: str) -> list[Finding]:
        return [one for one in self.open if one.rule == rule]

    @property
    def blocking(self) -> list[Finding]:
        return [one for one in self.open if one.blocks]


@cache
def known_rules() -> dict[str, Rule]:
    """The rules as they are written down, by their names."""
    rows = rule_rows()
    return {
        row["id"]: Rule(**{**row, "cares": tuple(row["cares"]), "mends": tuple(Mend(**one) for one in row["mends"])})
        for row in rows
    }


def check(build: Build, papers: Papers, only: tuple[str, ...] = RULES) -> Checked:
    """The findings of these rules, the gravest first; a finding twice is one."""
    findings: dict[str, Finding] = {}
    cut = []
    for name in only:
        rule = known_rules()[name]
        mine = {one.mark: one for one in (found(rule, hit) for hit in islice(JUDGES[name](build, papers), MOST + 1))}
        cut += [name] if len(mine) > MOST else []
        findings |= dict(islice(mine.items(), MOST))
    still, taken = [], []
    for one in sorted(findings.values(), key=lambda one: (ORDER[one.severity], one.rule, one.key)):
        cover = next((a for a in papers.accepted if a.covers(one.rule, one.key, papers.on)), None)
        if cover:
            taken.append((one, cover))
        else:
            still.append(one)
    return Checked(tuple(still), tuple(taken), tuple(cut))
