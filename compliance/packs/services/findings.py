"""What the checks say of a pack, and taking a finding that holds it back upon oneself."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import change, governed
from compliance.packs.models import EvidencePack, Override, SignOff, State
from compliance.packs.registry import Finding, Level, checks, preflight
from compliance.packs.services.pack import PackRefused
from compliance.packs.services.sign_off import role_of


@dataclass(frozen=True)
class Result:
    """What became of a check."""

    check: str
    title: str
    level: str
    result: str
    findings: list[Finding]
    comment: str = ""


def results_of(pack: EvidencePack) -> list[Result]:
    """Every check with what it found at the pack's moment."""
    found = findings_of(pack)
    results = []
    for check in checks:
        mine = [one for one in found if one.check == check.id]
        result = "failed" if any(one.level == Level.BLOCK for one in mine) else "limited" if mine else "passed"
        results.append(Result(check.id, "", check.level, result, mine))
    return results


def findings_of(pack: EvidencePack, at: datetime | None = None) -> list[Finding]:
    """What the checks say of the pack's records at its moment, or at another one."""
    return preflight(pack.scope, at or pack.as_at, pack.period)


def holding_back(pack: EvidencePack, findings: list[Finding]) -> list[Finding]:
    """The blocking findings nobody has taken upon themselves."""
    taken = set(Override.objects.filter(pack=pack).values_list("check_id", "finding"))
    return [one for one in findings if one.level == Level.BLOCK and (one.check, one.text) not in taken]


@governed("Say why the pack goes out all the same, which it prints")
def override_finding(*, pack: EvidencePack, check: str, finding: str, by: User, reason: str) -> Override:
    """Let a pack go out in spite of a finding; the pack prints who did, and why."""
    if not pack.is_draft or pack.state in {State.REQUESTED, State.DISCARDED}:
        raise PackRefused(
            f"{pack.label} is {pack.get_state_display().lower()}: only a draft's findings are overridden."
        )
    if SignOff.objects.filter(pack=pack, step="approved").valid().exists():
        raise PackRefused(f"{pack.label} is approved as it stands: send it back before a finding is overridden.")
    because = reason.strip()
    known = [one for one in findings_of(pack) if (one.check, one.text, one.level) == (check, finding, Level.BLOCK)]
    if not known:
        raise PackRefused(f"{check} does not hold this pack back: look at the checks again.")
    if not holding_back(pack, known):
        raise PackRefused(f"This finding of {check} is overridden already.")
    with change(by=by, reason=because) as made:
        return Override.objects.create(
            organisation_id=pack.organisation_id,
            project_id=pack.project_id,
            pack=pack,
            check_id=check,
            finding=finding,
            reason=because,
            by=by,
            role=role_of(by, pack, "approve", made.role),
            overridden_at=timezone.now(),
        )
