"""Retention rules, and the disposal runs that show they are kept."""

from typing import Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.ledger import Refused, change, governed, need_reason
from compliance.ledger.context import simulated_moment
from compliance.projects.models import Organisation
from dataflows.models import DisposalRun, RetentionRule
from dataflows.services.saving import BadValue, assign, person, save, today


class NoProof(Refused):
    """A disposal run nobody can verify."""


def add_rule(
    *, organisation: Organisation, name: str, period: int, by: User | str, reason: str = "", **details: Any
) -> RetentionRule:
    """Add a retention rule. Raises BadValue."""
    rule = RetentionRule(organisation=organisation, name=name.strip(), period=period)
    return _write(rule, by, reason, details)


def change_rule(*, rule: RetentionRule, by: User | str, reason: str, **fields: Any) -> RetentionRule:
    """Change a rule; approvals of the records that name it turn outdated. Raises BadValue, Refused."""
    need_reason(reason, "Say why the rule changes")
    _check_in_force(rule)
    return _write(rule, by, reason, fields)


@governed("Say why it is not in force any more")
def end_rule(*, rule: RetentionRule, by: User, reason: str) -> RetentionRule:
    """End a rule; what names it stays. Raises Refused while records of processing name it."""
    _check_in_force(rule)
    used = rule.activity_links.exclude(activity__state="retired").order_by("activity__reference")
    named = list(used.values_list("activity__reference", flat=True).distinct()[:5])
    if named:
        raise Refused(f"{', '.join(named)} still keep data by {rule.reference}: give them another rule first.")
    with change(by=by, reason=reason):
        rule.ended_date = today()
        rule.save()
    return rule


def record_run(*, rule: RetentionRule, by: User | str, reason: str = "", **facts: Any) -> DisposalRun:
    """Record a disposal run: its day, what was gone through, how much went, the oldest data left, the proof.

    Raises BadValue, Refused.
    """
    _check_in_force(rule)
    run = DisposalRun(organisation=rule.organisation, rule=rule, recorded_by=person(by))
    with change(by=by, reason=reason):
        assign(run, facts)
        _check_run(run)
        save(run)
        latest = rule.runs.order_by("-run_date", "-reference").first() or run
        rule.last_run_date, rule.oldest_date = latest.run_date, latest.oldest_date
        _set_days(rule)
        rule.save()
    return run


@governed("Say how it was verified")
def verify_run(*, run: DisposalRun, by: User, reason: str) -> DisposalRun:
    """Confirm a run by its proof; never who recorded it. Raises NotYours, NoProof, Refused."""
    if run.verified_at:
        raise Refused(f"{run.reference} is verified already.")
    if by.pk == run.recorded_by_id:
        raise NotYours("You recorded this run: somebody else verifies it.")
    if run.proof is None:
        raise NoProof(f"{run.reference} has no proof: record the run again with the evidence that shows it.")
    with change(by=by, reason=reason):
        run.verified_by, run.verified_at = by, simulated_moment() or timezone.now()
        run.verified_how = reason.strip()
        run.save()
    return run


def _write(rule: RetentionRule, by: User | str, reason: str, fields: dict[str, Any]) -> RetentionRule:
    with change(by=by, reason=reason):
        assign(rule, fields)
        if (rule.item is None) == (not rule.category):
            raise BadValue("Data: choose one kind of data or one category, not both.")
        for label, row in (("Data", rule.item), ("System", rule.system)):
            if row and row.organisation_id != rule.organisation_id:
                raise BadValue(f"{label}: choose one of the same organisation.")
        _set_days(rule)
        save(rule)
    return rule


def _set_days(rule: RetentionRule) -> None:
    rule.gone_by_date = rule.gone_by(rule.oldest_date) if rule.oldest_date else None
    rule.next_run_date = rule.run_after(rule.last_run_date or today())


def _check_run(run: DisposalRun) -> None:
    if run.run_date and run.run_date > today():
        raise BadValue("Run on: the day is still to come; record a run when it is done.")
    if run.oldest_date and run.run_date and run.oldest_date > run.run_date:
        raise BadValue("Oldest data left counts from: it cannot be later than the run.")
    if run.proof and run.proof.organisation_id != run.organisation_id:
        raise BadValue("Proof: choose evidence of the same organisation.")


def _check_in_force(rule: RetentionRule) -> None:
    if rule.ended_date:
        raise Refused(f"{rule.reference} is no longer in force.")
