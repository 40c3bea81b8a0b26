"""Editions as small as a test needs them."""

from compliance.ledger import change
from controls.models import Crosswalk, Edition, Framework, Mapping, Requirement, RequirementGroup

SURE = {"source": "tests", "provenance": "team", "confidence": "high"}


def make_edition(key: str, count: int = 3, *, level: str = "control", position: int = 1, **fields: str) -> Edition:
    """An edition `key` of `count` requirements called K.1, K.2 … in one theme."""
    with change(by="tests"):
        framework = Framework(key=f"f-{key}", name=key.upper(), publisher="Us", subject="Tests")
        framework.save()
        edition = Edition(
            framework=framework, key=key, label=key.upper(), title=key, published="2026", position=position, **SURE
        )
        edition.save()
        group = RequirementGroup(edition=edition, ref="K", title="Theme K", part="Annex")
        group.save()
        Requirement.objects.bulk_create(
            Requirement(
                edition=edition,
                group=group,
                ref=f"K.{n}",
                title=f"Requirement {n}",
                wording="own",
                level=level,
                assessable=True,
                position=n,
                **{**SURE, **fields},
            )
            for n in range(1, count + 1)
        )
    return edition


def requirement(edition: Edition, ref: str) -> Requirement:
    return Requirement.objects.get(edition=edition, ref=ref)


def pair(one: Requirement, other: Requirement, relation: str = "equal", confidence: str = "high") -> Mapping:
    """A pair "one RELATION other"."""
    with change(by="tests"):
        crosswalk = Crosswalk.objects.filter(key="tests").first()
        if crosswalk is None:
            crosswalk = Crosswalk(key="tests", title="Tests", **SURE)
            crosswalk.save()
        mapping = Mapping(
            crosswalk=crosswalk,
            from_requirement=one,
            to_requirement=other,
            relation=relation,
            **{**SURE, "confidence": confidence},
        )
        mapping.save()
    return mapping
