"""What the checks say of a pack, and taking a finding that holds it back upon oneself."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import change, governed
from compliance.packs.models import EvidencePack, Override, SignOff, State
from compliance.packs.preflight import NOT_ASSESSED, Result, assess
from compliance.packs.preflight import findings_of as flat
from compliance.packs.registry import Finding, Level
from compliance.packs.services.pack import PackRefused
from compliance.packs.services.sign_off import role_of


def as_data(results: Iterable[Result]) -> list[dict[str, Any]]:
    """Results as the pack's row keeps them."""
    return [asdict(result) for result in results]


def results_of(pack: EvidencePack) -> list[Result]:
    """Every check with what it found when the files of the pack were made."""
    return [Result(**{**one, "findings": [Finding(**each) for each in one["findings"]]}) for one in pack.preflight]


def results_now(pack: EvidencePack, now: datetime) -> dict[str, Result]:
    """The same checks of the records of now, by check; those that read the finished pack are not among them."""
    found = assess(pack.scope, now, pack.period, type=pack.type, profile=pack.profile)
    return {one.check: one for one in found if one.result != NOT_ASSESSED}


def findings_of(pack: EvidencePack) -> list[Finding]:
    """What was found, those that hold the pack back first."""
    return flat(results_of(pack))


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
