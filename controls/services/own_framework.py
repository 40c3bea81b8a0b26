"""A framework an organisation brings in for itself: made, and brought up to date without losing an answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from compliance.accounts.models import User
from compliance.ledger import Refused, change, need_reason
from compliance.projects.models import Organisation
from controls.models import Edition, EditionStatus, Framework, Level, Provenance, Wording
from controls.services.catalogue_files import EditionFile
from controls.services.catalogue_load import Loaded, load_edition

AFTER_ALL_SHIPPED = 1_000
RULE = "Every row is assessed unless the file says otherwise."


@dataclass(frozen=True)
class About:
    """What a person says about the framework; what is empty stays as it is, or follows from the file."""

    name: str = ""
    label: str = ""
    licence: str = ""
    source: str = "Brought in by the organisation"
    framework: Framework | None = None
    edition: Edition | None = None


def own_editions(organisation: Organisation) -> Any:
    """The editions the organisation brought in itself."""
    return Edition.objects.filter(owner=organisation).select_related("framework").order_by("label")


def refuse_if_taken(organisation: Organisation, about: About) -> None:
    """Two editions of one name in an organisation would be one too many."""
    if about.edition is None and own_editions(organisation).filter(label__iexact=about.label).exists():
        raise Refused(f"There is already a framework cited as {about.label}: choose to update it, or another name.")


def bring_in_framework(
    *, organisation: Organisation, about: About, rows: Iterable[Mapping[str, Any]], by: User, reason: str
) -> Loaded:
    """Make the organisation's edition what `rows` hold: the same number stays the same row, with all that hangs on it.

    A number that is no longer there is retired. `rows` have number, title, group, group_title, parent, assessed and
    summary.
    """
    need_reason(reason, "Say why the framework is brought in or changed")
    refuse_if_taken(organisation, about)
    found = list(rows)
    owner = {"owner_id": organisation.pk}
    sure = {"source": about.source[:200], "provenance": Provenance.TEAM, "confidence": "high"}
    groups = {row["group"]: {"ref": row["group"], "title": row["group_title"], **owner} for row in reversed(found)}
    parts: dict[str, Any] = {
        "framework": {**_framework(organisation, about), **owner},
        "edition": {**_edition(organisation, about), **sure, **owner},
        "groups": [groups[name] for name in dict.fromkeys(row["group"] for row in found)],
        "requirements": [{**_requirement(row), **sure, **owner} for row in found],
    }
    with change(by=by, reason=reason):
        return load_edition(EditionFile(file=about.source, **parts))


def _framework(organisation: Organisation, about: About) -> dict[str, Any]:
    known = about.edition.framework if about.edition else about.framework
    if known is not None:
        return {"key": known.key}
    return {
        "key": _free(Framework, f"{organisation.slug}-{slugify(about.name)}"),
        "name": about.name[:100],
        "publisher": organisation.name[:100],
        "subject": "Brought in by the organisation",
    }


def _edition(organisation: Organisation, about: About) -> dict[str, Any]:
    if about.edition is not None:
        kept = about.edition
        return {
            "key": kept.key,
            "label": kept.label,
            "notes": kept.notes,
            "position": kept.position,
            "licence": about.licence or kept.licence,
        }
    return {
        "key": _free(Edition, f"{organisation.slug}-{slugify(about.label)}"),
        "label": about.label[:60],
        "title": about.name[:255],
        "published": str(timezone.now().year),
        "status": EditionStatus.CURRENT,
        "licence": about.licence or "As agreed by the organisation",
        "rule": RULE,
        "position": AFTER_ALL_SHIPPED,
    }


def _requirement(row: Mapping[str, Any]) -> dict[str, Any]:
    values = {
        "ref": row["number"],
        "title": row["title"],
        "summary": row["summary"],
        "group": row["group"],
        "level": Level.CONTROL,
        "assessable": row["assessed"],
        "wording": Wording.OWN,
    }
    return {**values, "parent": row["parent"]} if row["parent"] else values


def _free(model: Any, wanted: str) -> str:
    """The key, with a number after it where somebody has it."""
    key, number = wanted[:56].strip("-"), 1
    while model.objects.filter(key=key).exists():
        number += 1
        key = f"{wanted[:52].strip('-')}-{number}"
    return key
