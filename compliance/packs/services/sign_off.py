"""Prepared, reviewed, approved: different people, each under the same content hash, each having shown who they are."""

from typing import Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.accounts.reauthentication import Proof, fresh
from compliance.approvals.services import NotYours
from compliance.ledger import change, governed
from compliance.packs.models import DRAFTS, EvidencePack, SignOff, State, Step
from compliance.packs.services.pack import PackRefused, void_sign_offs
from compliance.projects.access import roles_in
from compliance.projects.roles import ROLES, role_name

# What an internal pack does without: nobody outside relies on it, so two people are enough.
SHORT = {"internal": {Step.REVIEWED}}
VERBS = {Step.PREPARED: "edit", Step.REVIEWED: "approve", Step.APPROVED: "approve"}


def steps_of(pack: EvidencePack) -> list[Step]:
    """The names a pack needs before it is issued; four eyes at least, six for one that leaves the house."""
    return [step for step in Step if step not in SHORT.get(pack.profile, set())]


def next_step(pack: EvidencePack) -> Step | None:
    """Which name is wanted next; None when the pack is not a draft, or all have signed."""
    if pack.state not in DRAFTS:
        return None
    done = set(SignOff.objects.filter(pack=pack).valid().values_list("step", flat=True))
    return next((step for step in steps_of(pack) if step not in done), None)


def sign(*, pack: EvidencePack, step: str, by: User, proof: Proof | None, remark: str = "") -> SignOff:
    """Put a name under a draft, bound to its content hash.

    Raises PackRefused out of turn, NotYours when the person has signed already, NotProven without a recent proof.
    """
    now = timezone.now()
    wanted = next_step(pack)
    if wanted is None or wanted != step:
        raise PackRefused(_out_of_turn(pack, Step(step), wanted))
    if SignOff.objects.filter(pack=pack, by=by).valid().exists():
        raise NotYours("You signed this pack already: the next step is somebody else's.")
    method = fresh(proof, now).method
    with change(by=by, reason=remark.strip() or f"{wanted.label} {pack.reference}.") as made:
        sign_off = SignOff.objects.create(
            organisation_id=pack.organisation_id,
            project_id=pack.project_id,
            pack=pack,
            step=wanted,
            by=by,
            role=role_of(by, pack, VERBS[wanted], made.role),
            signed_at=now,
            method=f"confirmed with {method}",
            content_sha256=pack.content_sha256,
            remark=remark.strip(),
        )
        pack.state = State(wanted.value)
        pack.save()
    return sign_off


@governed("Say what has to change")
def send_back(*, pack: EvidencePack, by: User, reason: str) -> EvidencePack:
    """Make a signed pack a draft again; every name under it falls."""
    if pack.state not in DRAFTS or pack.state == State.BUILT:
        raise PackRefused(f"{pack.label} is {pack.get_state_display().lower()}: there is nothing to send back.")
    because = reason.strip()
    with change(by=by, reason=because):
        void_sign_offs(pack, because)
        pack.state = State.BUILT
        pack.save()
    return pack


def role_of(by: User, pack: EvidencePack, verb: str, acting: str = "") -> str:
    """The role somebody signs in: the one they act in, else the first of theirs that allows it."""
    held = roles_in(by, pack.scope)
    role = acting or next((key for key, one in ROLES.items() if key in held and one.allows("pack", verb)), "")
    return role_name(role) if role else ""


def _out_of_turn(pack: EvidencePack, step: Step, wanted: Any) -> str:
    if pack.state == State.REQUESTED:
        return f"{pack.reference} is still being built: there is nothing to sign yet."
    if pack.state not in DRAFTS:
        return f"{pack.label} is {pack.get_state_display().lower()}: only a draft is signed."
    if wanted is None:
        return f"{pack.label} is {pack.get_state_display().lower()} already: it can be issued."
    return f"{pack.label} has to be {wanted.label.lower()} before it is {step.label.lower()}."
