"""Whether an app does what its papers say: pure functions over plain values, and rules that are data.

`check(build, papers)` gives findings; `difference(new, old)` what a release brought. Nothing here knows Django.
"""

from dataflows.drift.build import Build
from dataflows.drift.check import RULES, Checked, check, known_rules
from dataflows.drift.difference import Change, change_class, difference
from dataflows.drift.finding import Finding, Mend
from dataflows.drift.gaps import Gap, gap_of, gaps
from dataflows.drift.papers import Accepted, Papers

__all__ = [
    "RULES",
    "Accepted",
    "Build",
    "Change",
    "Checked",
    "Finding",
    "Gap",
    "Mend",
    "Papers",
    "change_class",
    "check",
    "difference",
    "gap_of",
    "gaps",
    "known_rules",
]
