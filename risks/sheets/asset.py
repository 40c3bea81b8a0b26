"""Assets, as a spreadsheet."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from compliance.accounts.models import User
from compliance.exchange.cells import Choice, Day, Many, Number, One, Text, Words
from compliance.exchange.registry import Column, Sheet, sheet
from controls.addresses import split
from controls.sheets import names
from risks.models import Asset, RiskMethod
from risks.services import add_asset, update_asset
from risks.services.asset import PROPERTIES

RANKS = (("primary", "primary"), ("supporting", "supporting"))
FIELDS = ("name", "description", "kind", "rank", "owner", "custodian", *PROPERTIES, "review_date")


@sheet
class AssetSheet(Sheet):
    """What is worth protecting, whose it is, what its loss would mean, and what it rests on."""

    key, title, noun, kind, order = "assets", "Assets", "asset", "risk", 65
    intro = "Adds assets and changes them."
    columns = (
        Column("reference", "Reference", help="AS-001. Empty for a new asset."),
        Column("name", "Asset", Text(120), required=True, help="What we call it; once in the organisation."),
        Column(
            "project",
            "Project",
            One(source="projects", named="slug"),
            help="Short name of the project; empty for the whole organisation.",
            once="An asset stays where it is: add one for the other scope.",
        ),
        Column("description", "What it is", Words()),
        Column("kind", "Kind", Choice(choices=Asset.Kind.choices), required=True),
        Column("rank", "Rank", Choice(choices=RANKS), required=True),
        Column("owner", "Owner", One(source="people", named="email"), required=True, help="Mail address."),
        Column("custodian", "Custodian", One(source="people", named="email"), help="Mail address, or empty."),
        *(Column(name, name.capitalize(), Number(limit=5), help="How bad its loss would be.") for name in PROPERTIES),
        Column("needs", "Rests on", Many(source="assets"), help="References, separated by semicolons."),
        Column("review_date", "Next review", Day(), help="2026-11-22."),
    )

    @cached_property
    def known(self) -> dict[str, Any]:
        organisation, project = split(self.scope)
        projects = [project] if project else organisation.projects.all()
        assets = Asset.objects.used().in_organisation(organisation)
        return {
            "people": names.people(self.scope),
            "projects": {one.slug.casefold(): one for one in projects},
            "assets": {one.reference.casefold(): one for one in (assets.for_project(project) if project else assets)},
        }

    @cached_property
    def _top(self) -> int:
        method = RiskMethod.objects.in_force(split(self.scope)[0])
        return len(method.consequences) if method else 5

    @cached_property
    def _names(self) -> dict[str, str]:
        rows = Asset.objects.in_organisation(split(self.scope)[0])
        return dict(rows.values_list("name", "reference"))

    def records(self, only: str = "") -> Iterable[Asset]:
        rows = Asset.objects.used().select_related("project", "organisation", "owner", "custodian")
        rows = names.owned(rows, self.scope).prefetch_related("needs__needed")
        return rows.order_by("reference")

    def values(self, record: Asset) -> dict[str, Any]:
        found = {name: getattr(record, name) for name in ("reference", "project", *FIELDS)}
        needed = sorted((link.needed for link in record.needs.all()), key=lambda one: one.reference)
        return {**found, "needs": tuple(needed)}

    def check(self, record: Asset | None, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        own = record.reference if record else "Another row"
        holder = self._names.setdefault(values["name"], own)
        if holder != own or (record is None and self._seen(values)):
            yield "name", f"{holder} is called so already: choose another name."
        for name in PROPERTIES:
            if values[name] is not None and not 1 <= values[name] <= self._top:
                yield name, f"It is outside the consequence scale: 1 to {self._top}."
        if record is not None and record in (values["needs"] or ()):
            yield "needs", "An asset does not rest on itself."

    @cached_property
    def _new(self) -> set[str]:
        return set()

    def _seen(self, values: dict[str, Any]) -> bool:
        """Whether an earlier new row of the file has the name."""
        known = values["name"] in self._new
        self._new.add(values["name"])
        return known

    def add(self, values: dict[str, Any], *, by: User, reason: str) -> Asset:
        organisation, project = split(self.scope)
        fields = {name: values[name] for name in FIELDS if values.get(name) not in (None, "")}
        within, needs = project or values.get("project"), values.get("needs") or ()
        return add_asset(organisation=organisation, project=within, by=by, reason=reason, needs=needs, **fields)

    def change(self, record: Asset, values: dict[str, Any], *, by: User, reason: str) -> None:
        update_asset(asset=record, by=by, reason=reason, **values)
