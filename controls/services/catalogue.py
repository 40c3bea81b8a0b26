"""Reading a framework, and keeping the wording an organisation is licensed to hold."""

from dataclasses import dataclass, field
from uuid import UUID

from compliance.accounts.models import User
from compliance.ledger import Refused, change
from compliance.projects.models import Organisation
from controls.models import Edition, LicensedText, Mapping, Requirement, RequirementGroup

LICENSED_TEXT_LIMIT = 20_000


class TextTooLong(Refused):
    """A licensed text longer than any requirement is."""


@dataclass(frozen=True)
class Leaf:
    """A requirement in its place: `depth` 0 stands directly under its group."""

    requirement: Requirement
    depth: int
    pairs: int


@dataclass
class Branch:
    """A group of an edition with the requirements shown under it."""

    group: RequirementGroup
    leaves: list[Leaf] = field(default_factory=list)


@dataclass
class Part:
    """What stands above the groups: "Annex A", "Table A.1"; nameless where an edition has only one."""

    name: str
    branches: list[Branch] = field(default_factory=list)


def framework_tree(edition: Edition, *, words: str = "", assessable_only: bool = False) -> list[Part]:
    """The edition's parts, groups and requirements in printed order. Four queries, however many rows."""
    found = Requirement.objects.live().in_edition(edition).select_related("group").order_by("position")
    if words.strip():
        found = found.matching(words).order_by("position")
    if assessable_only:
        found = found.assessable()
    pairs = Mapping.objects.pair_counts(edition)
    parents = dict(edition.requirements.filter(parent__isnull=False).values_list("pk", "parent_id"))
    parts: list[Part] = []
    branches: dict[UUID, Branch] = {}
    for requirement in found:
        group = requirement.group
        if group.pk not in branches:
            branches[group.pk] = Branch(group)
            if not parts or parts[-1].name != group.part:
                parts.append(Part(group.part))
            parts[-1].branches.append(branches[group.pk])
        leaf = Leaf(requirement, _depth(requirement.pk, parents), pairs.get(requirement.pk, 0))
        branches[group.pk].leaves.append(leaf)
    return parts


def _depth(key: UUID, parents: dict[UUID, UUID]) -> int:
    depth = 0
    while key in parents and depth < 3:
        key, depth = parents[key], depth + 1
    return depth


def write_licensed_text(
    *,
    organisation: Organisation,
    requirement: Requirement,
    text: str,
    by: User,
    obtained_from: str = "",
    version: int | None = None,
    reason: str = "",
) -> LicensedText:
    """Keep the wording the organisation holds a licence for; an empty text takes it away.

    `version` is the one the person saw (0 when there was none): somebody else's change since then raises StaleWrite.
    """
    if len(text) > LICENSED_TEXT_LIMIT:
        raise TextTooLong(f"The text has {len(text):,} characters; {LICENSED_TEXT_LIMIT:,} are kept per requirement.")
    with change(by=by, reason=reason):
        kept = LicensedText.objects.in_organisation(organisation).filter(requirement=requirement).first()
        kept = kept or LicensedText(organisation=organisation, requirement=requirement)
        kept.text, kept.obtained_from = text.strip(), obtained_from.strip()
        if version is not None:
            kept.version = version
        kept.save()
    return kept
