"""An app beside its papers: the builds of a release on every platform, judged by all rules, kept as findings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger.context import simulated_moment
from compliance.projects.models import Release
from dataflows.builds import Seen, builds_of
from dataflows.drift import Build, Checked, Gap, Papers, check, gap_of, gaps
from dataflows.drift.check import RULES
from dataflows.gathered import Gathered, gather
from dataflows.services.drift import ENGINE, Outcome, record_findings

DEBUG_RULE = "DR14"
# About records only: told of the release that comes next, and left as they were once it is out.
OF_RECORDS = frozenset({"DR18", "DR21", "DR23"})


@dataclass(frozen=True)
class Comparison:
    """What the rules said of one platform, by which papers."""

    build: Build
    papers: Papers
    checked: Checked
    asked: tuple[str, ...] = RULES

    def judged(self, rule: str) -> bool:
        """Whether a rule could have found something; a build for debugging tells nothing else of itself."""
        if rule not in self.asked or rule in self.checked.cut or (self.build.debug_builds and rule != DEBUG_RULE):
            return False
        return gap_of(rule, self.build, self.papers) is None

    @property
    def gaps(self) -> list[Gap]:
        return gaps(self.build, self.papers, self.asked)


def compare(release: Release, builds: Mapping[str, Seen], gathered: Gathered) -> dict[str, Comparison]:
    """Every platform of a release beside the papers; nothing is written."""
    found, out = {}, release.state == Release.State.RELEASED
    asked = tuple(rule for rule in RULES if not (out and rule in OF_RECORDS))
    for platform, seen in builds.items():
        papers = gathered.papers(release, platform, seen.build.artefacts, reports=seen.reports)
        found[platform] = Comparison(seen.build, papers, check(seen.build, papers, only=asked), asked)
    return found


def compare_release(
    release: Release, *, by: User | str = ENGINE, reason: str = "", hold: Callable[[], object] = lambda: None
) -> Outcome:
    """Compare what is in hand of a release, and keep what comes of it; without artefacts nothing is said."""
    builds = builds_of(release)
    return keep(release, builds, by=by, reason=reason, hold=hold) if builds else Outcome()


def keep(
    release: Release,
    builds: Mapping[str, Seen],
    *,
    on: date | None = None,
    by: User | str = ENGINE,
    reason: str = "",
    hold: Callable[[], object] = lambda: None,
) -> Outcome:
    """Compare, and bring the findings of the release up to it, in one transaction that begins with `hold()`."""
    found = compare(release, builds, gather(release.project, on or (simulated_moment() or timezone.now()).date()))
    return record_findings(
        release=release,
        found={platform: one.checked.open for platform, one in found.items()},
        judged=lambda rule, platform: platform in found and found[platform].judged(rule),
        by=by,
        reason=reason,
        hold=hold,
    )
