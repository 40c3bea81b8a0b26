"""Assets, what they rest on, and what risks touch."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed
from compliance.ledger.context import simulated_moment
from compliance.projects.models import Organisation, Project
from dataflows.models import DataFlow
from risks.models import Asset, AssetNeed, Risk, RiskLink, RiskMethod

CHANGEABLE = {
    *("name", "description", "kind", "rank", "owner", "custodian"),
    *("confidentiality", "integrity", "availability", "review_date"),
}
PROPERTIES = ("confidentiality", "integrity", "availability")


def add_asset(
    *, organisation: Organisation, project: Project | None = None, by: User, reason: str = "", **fields: Any
) -> Asset:
    """Put an asset on the register, of a project or (without one) of the whole organisation."""
    asset = Asset(organisation=organisation, project=project)
    needs = _take(asset, fields)
    with change(by=by, reason=reason):
        asset.save()
        _rest_on(asset, needs, by)
    return asset


def update_asset(*, asset: Asset, by: User, reason: str = "", **fields: Any) -> Asset:
    """Change what is said about an asset; `needs` are all it rests on."""
    if asset.retired_at:
        raise Refused(f"{asset.reference} is no longer in use: it stays as it was.")
    needs = _take(asset, fields)
    with change(by=by, reason=reason):
        asset.save()
        if needs is not None:
            _rest_on(asset, needs, by)
    return asset


@governed("Say why the asset is no longer in use")
def retire_asset(*, asset: Asset, by: User, reason: str) -> Asset:
    """Take an asset out of use; its history and links stay."""
    if asset.retired_at:
        raise Refused(f"{asset.reference} is out of use already.")
    if resting := asset.needed_by.filter(asset__retired_at=None).select_related("asset").first():
        raise Refused(f"{resting.asset.reference} rests on it: say first what that rests on instead.")
    with change(by=by, reason=reason):
        asset.retired_at = simulated_moment() or timezone.now()
        asset.save()
    return asset


def link_thing(*, risk: Risk, thing: Asset | DataFlow, by: User, reason: str = "") -> RiskLink:
    """Say that a risk touches an asset or a data flow; saying so twice changes nothing."""
    what = "asset" if isinstance(thing, Asset) else "flow"
    reached = thing.project_id is None or risk.project_id is None or thing.project_id == risk.project_id
    organisation = thing.organisation_id if isinstance(thing, Asset) else thing.project.organisation_id
    if organisation != risk.organisation_id or not reached:
        raise Refused(f"{thing.reference} does not belong to {risk.scope}: choose one that does.")
    known = risk.links.filter(**{what: thing}).first()
    if known is not None:
        return known
    with change(by=by, reason=reason):
        link = RiskLink(organisation=risk.organisation, project=risk.project, risk=risk, **{what: thing})
        link.save()
    return link


@governed("Say why the risk no longer touches it")
def unlink_thing(*, link: RiskLink, by: User, reason: str) -> None:
    """Take a link away; history keeps it."""
    with change(by=by, reason=reason):
        link.delete()


def _take(asset: Asset, fields: dict[str, Any]) -> list[Asset] | None:
    needs = fields.pop("needs", None)
    if unknown := set(fields) - CHANGEABLE:
        raise Refused(f"{', '.join(sorted(unknown))}: not changed this way.")
    for name, value in fields.items():
        setattr(asset, name, value)
    _check(asset)
    return None if needs is None else list(needs)


def _check(asset: Asset) -> None:
    top = _top(asset.organisation)
    for name in PROPERTIES:
        value = getattr(asset, name)
        if value is not None and not 1 <= value <= top:
            raise Refused(f"{name.capitalize()} {value} is outside the consequence scale: choose 1 to {top}.")
    try:
        asset.clean_fields()
        asset.validate_constraints()
    except ValidationError as wrong:
        said = [f"{name.replace('_', ' ')}: {texts[0]}" for name, texts in wrong.message_dict.items()]
        raise Refused(" ".join(text.removeprefix("  all  : ")[:1].upper() + text[1:] for text in said)) from None


def _top(organisation: Organisation) -> int:
    method = RiskMethod.objects.in_force(organisation)
    return len(method.consequences) if method else 5


def _rest_on(asset: Asset, needs: Iterable[Asset] | None, by: User) -> None:
    wanted = {one.pk: one for one in needs or ()}
    for key, needed in wanted.items():
        if key == asset.pk or asset.pk in _below(needed):
            raise Refused(f"{needed.reference} rests on {asset.reference} already: an asset never rests on itself.")
    for link in asset.needs.all():
        if link.needed_id in wanted:
            del wanted[link.needed_id]
        else:
            link.delete()
    for needed in wanted.values():
        AssetNeed(organisation=asset.organisation, project=asset.project, asset=asset, needed=needed).save()


def _below(asset: Asset) -> set[Any]:
    """Everything an asset rests on, at any depth."""
    found: set[Any] = set()
    edge = {asset.pk}
    while edge:
        edge = set(AssetNeed.objects.filter(asset__in=edge).values_list("needed_id", flat=True)) - found
        found |= edge
    return found
