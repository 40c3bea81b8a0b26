"""Issuing an approved pack, and withdrawing what was issued."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from compliance.accounts.models import User
from compliance.accounts.reauthentication import Proof, fresh
from compliance.files.models import Blob
from compliance.jobs import services as jobs
from compliance.jobs.models import Job
from compliance.jobs.registry import JobFailed
from compliance.ledger import change, governed
from compliance.packs import hooks
from compliance.packs.models import EvidencePack, Override, SignOff, State
from compliance.packs.registry import Finding
from compliance.packs.services.findings import findings_of, holding_back
from compliance.packs.services.pack import ISSUE, PackRefused
from compliance.packs.services.sign_off import next_step, role_of


def editions(pack: EvidencePack) -> tuple[str, str]:
    """The number of the next issue: a correction of the last one, or a new one. The first is 1.0 both ways."""
    numbers = [tuple(map(int, one.edition.split("."))) for one in EvidencePack.objects.of_line(pack).kept()]
    if not numbers:
        return "1.0", "1.0"
    major, minor = max(numbers)
    return f"{major}.{minor + 1}", f"{major + 1}.0"


def suggested_edition(pack: EvidencePack) -> str:
    """A new number for a new period, a correction for the same one."""
    correction, new = editions(pack)
    last = EvidencePack.objects.before(pack).first()
    return correction if last and last.period == pack.period else new


@governed("Say what the pack is issued for, which it prints")
def ask_issue(*, pack: EvidencePack, by: User, proof: Proof | None, reason: str, edition: str = "") -> Job:
    """Have an approved pack issued: its files are made again without the mark of a draft, in the background.

    Raises PackRefused when a name or an override is missing, NotProven without a recent proof.
    """
    now = timezone.now()
    fresh(proof, now)
    because = reason.strip()
    number = edition or suggested_edition(pack)
    _refuse_unready(pack, number)
    if left := holding_back(pack, findings_of(pack)):
        raise PackRefused(f"{_checks(left)}: mend it and ask for a new pack, or override it with a reason.")
    role = role_of(by, pack, "approve")
    arguments = {
        "pack": str(pack.pk), "by": str(by.pk), "role": role, "reason": because,
        "edition": number, "at": now.isoformat(),
    }  # fmt: skip
    return jobs.enqueue(ISSUE, arguments, by=by, key=str(pack.pk))


def as_issued(pack: EvidencePack, *, by: User, reason: str, edition: str, at: datetime) -> EvidencePack:
    """The row as it will stand when it is issued: what the issued files are printed from. Not saved."""
    _refuse_unready(pack, edition)
    pack.state, pack.edition = State.ISSUED, edition
    pack.issued_by, pack.issued_at, pack.issue_reason = by, at, reason
    return pack


def refuse_other_content(pack: EvidencePack, content: str, differs_in: list[str], findings: list[Finding]) -> None:
    """Raise JobFailed when the files made for the issue say anything but what was approved."""
    if content != pack.content_sha256:
        parts = ", ".join(differs_in) or "its data"
        raise JobFailed(
            f"It was not issued: its content reads otherwise than what was approved ({parts}). The records of that "
            f"moment were redacted, or the checks have changed. Build the draft again and have it signed anew. "
            f"Approved: {pack.content_sha256}. Now: {content}."
        )
    if left := holding_back(pack, findings):
        raise JobFailed(f"It was not issued. {_checks(left)}: mend it and ask for a new pack, or override it.")


def keep_issue(pack: EvidencePack, job: Job, fields: dict[str, Any], pdf: Blob, archive: Blob) -> None:
    """Publish an issue, inside the transaction of the job that made it; the issue before it is superseded."""
    told = job.arguments
    by = User.objects.get(pk=told["by"])
    with change(by=by, reason=told["reason"], role=told["role"]):
        before = EvidencePack.objects.of_line(pack).filter(state=State.ISSUED).select_for_update().first()
        as_issued(pack, by=by, reason=told["reason"], edition=told["edition"], at=fields.pop("issued_at"))
        for name, value in {**fields, "pdf": pdf, "archive": archive}.items():
            setattr(pack, name, value)
        if before is not None:
            before.state, before.superseded_by, before.superseded_at = State.SUPERSEDED, pack, pack.issued_at
            before.save()
        pack.save()
    transaction.on_commit(lambda: hooks.issued(pack))


@governed("Say why nobody should rely on the pack, which it prints")
def withdraw(*, pack: EvidencePack, by: User, proof: Proof | None, reason: str) -> EvidencePack:
    """Tell the world not to rely on an issued pack any longer; its files stay, marked."""
    now = timezone.now()
    if pack.state not in {State.ISSUED, State.SUPERSEDED}:
        raise PackRefused(f"{pack.label} is {pack.get_state_display().lower()}: only an issued pack is withdrawn.")
    because = reason.strip()
    fresh(proof, now)
    with change(by=by, reason=because):
        pack.state, pack.withdrawn_by, pack.withdrawn_at, pack.withdrawal = State.WITHDRAWN, by, now, because
        pack.save()
    return pack


def control_of(pack: EvidencePack) -> dict[str, Any]:
    """Document control, as plain data: what is printed of a pack besides its content. Not part of the content hash."""
    signed = SignOff.objects.filter(pack=pack).valid().in_order()
    overrides = Override.objects.filter(pack=pack).select_related("by")
    return {
        "state": pack.state,
        "version": pack.edition,
        "issued_at": pack.issued_at,
        "issued_by": pack.issued_by.name if pack.issued_by else "",
        "reason": pack.issue_reason,
        "approvals": [
            {
                "step": one.get_step_display(),
                "name": one.by.name,
                "role": one.role,
                "at": one.signed_at,
                "method": one.method,
                "sha256": one.content_sha256,
            }
            for one in signed
        ],
        "overrides": [
            {
                "check": one.check_id,
                "finding": one.finding,
                "reason": one.reason,
                "by": one.by.name,
                "role": one.role,
                "at": one.overridden_at,
            }
            for one in overrides
        ],
        "earlier": [
            {
                "reference": one.reference,
                "version": one.edition,
                "state": one.state,
                "issued_at": one.issued_at,
                "as_at": one.as_at,
                "author": one.issued_by.name if one.issued_by else "",
                "change": one.issue_reason,
                "sha256": one.content_sha256,
            }
            for one in EvidencePack.objects.before(pack)
        ],
    }


def named_on(pack: EvidencePack) -> list[User]:
    """The people document control names: who asked, signed, overrode a finding, issued this pack or one before it."""
    issuers = [one.issued_by for one in [pack, *EvidencePack.objects.before(pack)]]
    signers = [one.by for one in SignOff.objects.filter(pack=pack).valid().select_related("by")]
    taken = [one.by for one in Override.objects.filter(pack=pack).select_related("by")]
    return [person for person in [pack.requested_by, *issuers, *signers, *taken] if person is not None]


def _refuse_unready(pack: EvidencePack, edition: str) -> None:
    if pack.state != State.APPROVED or next_step(pack) is not None:
        raise PackRefused(f"{pack.label} is {pack.get_state_display().lower()}: only an approved pack is issued.")
    if SignOff.objects.filter(pack=pack).valid().exclude(content_sha256=pack.content_sha256).exists():
        raise PackRefused(f"{pack.label} was built anew after it was signed: have it signed again.")
    if edition not in editions(pack):
        raise PackRefused(f"Version {edition} is not the next one: use {' or '.join(dict.fromkeys(editions(pack)))}.")


def _checks(findings: list[Finding]) -> str:
    names = ", ".join(dict.fromkeys(one.check for one in findings))
    return f"{names} {'holds' if len(findings) == 1 else 'hold'} it back"
