"""Drafting and approving the risk method."""

from copy import deepcopy
from typing import Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.ledger import Refused, change, governed
from compliance.ledger.context import simulated_moment
from compliance.projects.models import Organisation
from risks.models import MethodIsFixed, RiskMethod
from risks.scales import CONTENT, SIZES, default_method, problems, resized


class MethodIncomplete(Refused):
    """A method that cannot be used; the message names each flaw."""


def draft_method(
    *,
    organisation: Organisation,
    by: User,
    reason: str = "",
    label: str = "",
    size: tuple[int, int] | None = None,
    **content: Any,
) -> RiskMethod:
    """Draft a version: from what is given, else from the version in force, else from the five by five.

    `size` are the numbers of likelihoods and consequences, 3 to 5 each; scales and matrix are picked evenly.

    `content` may hold title, change_note, likelihoods, consequences, matrix, bands and inherent.
    Raises MethodIncomplete.
    """
    versions = RiskMethod.objects.in_organisation(organisation)
    base = versions.in_force(organisation)
    start = {**deepcopy(base.content), "label": next_label(base.label)} if base else default_method()
    values = {**start, **content, **({"label": label} if label else {})}
    if size:
        values |= _sized(values, *size)
    if versions.filter(label=values["label"]).exists():
        raise Refused(f"There is already a version {values['label']}: choose another label.")
    _refuse_flaws(values)
    with change(by=by, reason=reason):
        method = RiskMethod(organisation=organisation, author=by, **values)
        method.save()
    return method


def revise_method(*, method: RiskMethod, by: User, reason: str = "", **content: Any) -> RiskMethod:
    """Change a draft; whoever changes it is its author. Raises MethodIsFixed, MethodIncomplete."""
    if method.state != RiskMethod.State.DRAFT:
        raise MethodIsFixed(f"{method.label} is approved and does not change: draft a new version.")
    _refuse_flaws({**method.content, **content})
    with change(by=by, reason=reason):
        for name, value in content.items():
            setattr(method, name, value)
        method.author = by
        method.save()
    return method


@governed()
def approve_method(*, method: RiskMethod, by: User, reason: str) -> RiskMethod:
    """Put a draft in force; the version before is superseded. Raises NotYours for its author."""
    if method.state != RiskMethod.State.DRAFT:
        raise Refused(f"{method.label} is {method.get_state_display().lower()} already.")
    if by.pk == method.author_id:
        raise NotYours(f"You wrote {method.label} yourself: somebody else has to approve it.")
    _refuse_flaws(method.content)
    with change(by=by, reason=reason):
        if before := RiskMethod.objects.in_force(method.organisation):
            before.state = RiskMethod.State.SUPERSEDED
            before.save()
        method.state, method.approved_by = RiskMethod.State.APPROVED, by
        method.approved_at = simulated_moment() or timezone.now()
        method.snapshot_sha256 = method.content_sha256
        method.save()
    return method


def next_label(label: str) -> str:
    """RM-1.0 leads to RM-1.1."""
    head, _, last = label.rpartition(".")
    return f"{head}.{int(last) + 1}" if head and last.isdigit() else f"{label}.1"


def _sized(values: dict[str, Any], likelihoods: int, consequences: int) -> dict[str, Any]:
    if {likelihoods, consequences} - set(SIZES):
        raise Refused(f"A scale has 3 to 5 values: {likelihoods} × {consequences} is outside.")
    if (likelihoods, consequences) == (len(values["likelihoods"]), len(values["consequences"])):
        return {}
    return resized(values, likelihoods, consequences)


def _refuse_flaws(values: dict[str, Any]) -> None:
    if flaws := problems({name: values[name] for name in CONTENT}):
        raise MethodIncomplete(" ".join(flaws))
