"""Deciding at the gates: in order, with reasons, by somebody who did not plan the release."""

from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.approvals.writers import writers_of
from compliance.ledger import Refused, change, governed
from compliance.ledger.context import simulated_moment
from compliance.projects.access import roles_in
from compliance.projects.models import Release
from compliance.projects.services import update_release
from compliance.releases.gates import rules
from compliance.releases.models import GateDecision, Verdict
from compliance.releases.proposing import highest, is_lower, proposed
from compliance.releases.standing import GateStanding, days_late, standings


class NotAtGate(Refused):
    """The release is not at this gate, or something holds it back there."""


@governed("Say why this class fits what changed")
def classify_release(*, release: Release, by: User, reason: str, change_class: str = "") -> GateDecision:
    """Confirm the class of change (gate G0), or set another; whoever planned the release may. One that is lower than
    the rooms propose is a deviation, which prints with the reason.
    """
    at = _now()
    found = [one for _, one in proposed(release, at)]
    fits, chosen = highest(found), change_class or release.change_class
    if chosen not in Release.ChangeClass.values:
        raise Refused("Class: choose patch, minor, major or emergency.")
    lower = f"Lower than what was found: {fits}" if is_lower(chosen, fits) else ""
    with change(by=by, reason=reason):
        if chosen != release.change_class:
            update_release(release=release, by=by, reason=reason, change_class=chosen)
        return _decide(release, "G0", Verdict.PASSED, by, reason, deviation=lower)


@governed("Say what was looked at and why")
def decide_gate(*, release: Release, gate: str, passed: bool, by: User, reason: str) -> GateDecision:
    """Let a release through a gate or not. What comes late is let through with its deviation, which is printed."""
    if gate == "G0":
        raise NotAtGate("The class of change is confirmed, not decided: confirm it on the page of the release.")
    _not_by_writers(release, by)
    return _decide(release, gate, Verdict.PASSED if passed else Verdict.FAILED, by, reason)


@governed("Say why the release goes on all the same")
def override_gate(*, release: Release, gate: str, until: date, by: User, reason: str) -> GateDecision:
    """Let a release through although something holds it back: an executive, until a day."""
    if "executive" not in roles_in(by, release.project):
        raise Refused("Only an executive overrides a gate.")
    _not_by_writers(release, by)
    today, longest = _now().date(), rules().override_days
    if not today <= until <= today + timedelta(days=longest):
        raise Refused(f"Counts until: choose a day from today, at most {longest} days ahead.")
    return _decide(release, gate, Verdict.OVERRIDDEN, by, reason, until)


def _not_by_writers(release: Release, by: User) -> None:
    if by in writers_of(release):
        raise NotYours(f"You planned or changed {release.reference}: somebody else decides at its gates.")


def _decide(
    release: Release,
    key: str,
    verdict: Verdict,
    by: User,
    reason: str,
    until: date | None = None,
    deviation: str = "",
) -> GateDecision:
    at = _now()
    if release.state == Release.State.WITHDRAWN:
        raise NotAtGate(f"Release {release.name} is withdrawn: nothing is decided about it any more.")
    standing = _at_gate(release, key, at)
    late = days_late(release, key, at.date()) if verdict == Verdict.PASSED else 0
    if verdict == Verdict.PASSED and standing.state == "blocked":
        texts = "; ".join(one.text.rstrip(".") for one in standing.findings[:3])
        raise NotAtGate(f"{standing.gate} is held back: {texts}. Mend that, or have an executive override the gate.")
    if verdict == Verdict.OVERRIDDEN and standing.state != "blocked":
        raise NotAtGate(f"Nothing holds the release back at {standing.gate}: decide it instead.")
    row = GateDecision(
        project=release.project,
        release=release,
        gate=key,
        verdict=Verdict.WITH_DEVIATION if late or deviation else verdict,
        decided_by=by,
        decided_at=at,
        note=reason.strip(),
        deviation=deviation or _lateness(key, late),
        findings=[asdict(one) for one in standing.findings],
        edition=rules().edition,
        expires_date=until,
    )
    with change(by=by, reason=reason):
        Release.objects.select_for_update().get(pk=release.pk)  # two who decide at once: one after the other
        row.save()
    return row


def _at_gate(release: Release, key: str, at: datetime) -> GateStanding:
    found = standings(release, GateDecision.objects.of(release), at)
    standing = next((one for one in found if one.gate.key == key), None)
    if standing is None:
        said = release.get_change_class_display().lower()
        raise NotAtGate(f"A {said} release does not pass {key}: change its class if that is wrong.")
    if standing.is_open:
        raise NotAtGate(f"{standing.gate} is {standing.state.replace('_', ' ')} already.")
    if standing.state == "waits":
        raise NotAtGate(f"{standing.gate} waits: a gate before it is not passed.")
    return standing


def _lateness(key: str, days: int) -> str:
    if not days:
        return ""
    after = "development began" if key == "G1" else "publication"
    return f"{days} day{'s' if days > 1 else ''} after {after}"


def _now() -> datetime:
    return simulated_moment() or timezone.now()
