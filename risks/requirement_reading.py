"""How the requirements of a release stand: what each was shown by for this build, and what speaks against it."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch

from compliance.approvals.models import Approval
from compliance.projects.models import Release
from risks.models import Vulnerability
from risks.models.requirement import (
    RequirementResult,
    RequirementState,
    ResultVerdict,
    SecurityRequirement,
    baseline,
)
from risks.services.baseline import days_late, newest_baseline

WORDS = {
    "draft": ("draft", "Not approved"),
    "waived": ("exception", "Waived"),
    ResultVerdict.PASSED: ("passed", "Passed"),
    ResultVerdict.FAILED: ("failed", "Failed"),
    ResultVerdict.NOT_APPLICABLE: ("not_applicable", "Does not apply"),
    "": ("missing", "Not tested"),
}
TAG = re.compile(r"MASVS-[A-Z]+-\d+")


def matrix(release: Release, on: date) -> Any:
    """The requirements of a release with what its build showed: `shown`, and the newest result first in `here`."""
    results = RequirementResult.objects.filter(build_sha256=release.build_sha256 or "-")
    newest = results.order_by("-tested_date", "-reference").select_related("tester", "control_test", "evidence")
    rows = SecurityRequirement.objects.of_release(release).ranked().shown_by(release.build_sha256, on)
    return rows.select_related("project", "owner", "threat__threat_model").prefetch_related(
        Prefetch("results", newest, to_attr="here")
    )


def speaking_against(release: Release, rows: Iterable[SecurityRequirement]) -> dict[Any, list[Vulnerability]]:
    """Open findings of scanners on this release that name the MASVS control of a requirement. One query."""
    by_control: dict[str, list[Vulnerability]] = defaultdict(list)
    found = Vulnerability.objects.in_project(release.project).open().filter(tags__contains="MASVS-")
    for one in found.filter(releases__release=release).select_related("project").order_by("reference"):
        for control in set(TAG.findall(one.tags)):
            by_control[control].append(one)
    return {row.pk: by_control[row.masvs] for row in rows if row.masvs in by_control}


@dataclass(frozen=True)
class Baseline:
    """Whether the requirements of a release are approved as they are, since when, and how late."""

    approval: Approval | None
    covers: bool
    drafts: int
    total: int
    days_late: int

    @property
    def waits(self) -> bool:
        return self.approval is not None and self.approval.state == Approval.State.REQUESTED

    @property
    def stands(self) -> bool:
        """Approved, and nothing has changed since."""
        granted = self.approval is not None and self.approval.state == Approval.State.APPROVED
        return granted and self.covers and not self.drafts

    @property
    def word(self) -> tuple[str, str]:
        """State and word for a page."""
        if self.stands:
            return ("passed_with_deviation", "Approved late") if self.days_late else ("approved", "Approved")
        if self.waits:
            return ("requested", "Waits for approval") if self.covers else ("outdated", "Changed since put forward")
        if self.approval is not None and self.approval.state == Approval.State.APPROVED:
            return "outdated", "Changed since approval"
        return ("rejected", "Sent back") if self.approval else ("draft", "Not put forward")


@dataclass(frozen=True)
class Standing:
    """The requirements of a release as a whole: their approval, and how many are shown for its build."""

    baseline: Baseline
    rows: list[Any]

    def count(self, *shown: str | None, must: bool = False) -> int:
        """How many agreed ones read so."""
        return sum(row.shown in shown and (row.is_must or not must) for row in self.agreed)

    @property
    def agreed(self) -> list[Any]:
        return [row for row in self.rows if row.state != RequirementState.DRAFT]

    @property
    def figures(self) -> dict[str, int]:
        """How many there are, shown, failed, not tested and waived; and must-requirements still open."""
        return {
            "agreed": len(self.agreed),
            "passed": self.count(ResultVerdict.PASSED),
            "failed": self.count(ResultVerdict.FAILED),
            "untested": self.count(None),
            "waived": self.count("waived"),
            "open": self.count(None, ResultVerdict.FAILED, must=True),
        }


def standing_of(release: Release, on: date) -> Standing:
    """How its requirements stand. Two queries."""
    found = SecurityRequirement.objects.of_release(release).shown_by(release.build_sha256, on)
    rows = list(found.order_by("reference"))
    approval = newest_baseline(release)
    decided = approval.decided_at if approval and approval.state == Approval.State.APPROVED else None
    drafts = sum(row.state == RequirementState.DRAFT for row in rows)
    covers = approval is not None and approval.covers(baseline(rows))
    return Standing(Baseline(approval, covers, drafts, len(rows), days_late(release, decided)), rows)
