"""Later work on the copies: small changes of records, in bulk, so that history has the length that was asked for."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.apps import apps
from django.db.models import CharField, TextField

from compliance.ledger import change, simulate
from compliance.projects.models import Organisation, Project

BATCH = 500
LARGEST_SHARE = 10  # one change in so many is in the first project
# The field people write in.
WRITTEN = {
    "risks.Risk": "title",
    "risks.TreatmentAction": "title",
    "risks.RiskPosition": "rationale",
    "dataflows.DataFlow": "notes",
    "dataflows.FlowStop": "",
    "controls.Evidence": "shows",
    "projects.Release": "notes",
}
REASONS = ("Quarterly review", "Wording", "Found in the audit", "After the incident", "New facts from the team")


def edits(
    organisation: Organisation, largest: Project, count: int, since: datetime, rng: Random
) -> Iterator[tuple[int, datetime]]:
    """Make `count` changes in batches, spread over the time until now; yields how many are made, and when."""
    written = [(apps.get_model(label), name) for label, name in WRITTEN.items() if name]
    pools = [(model, name, *_keys(model, organisation, largest)) for model, name in written]
    pools = [pool for pool in pools if pool[2]]
    made, until = 0, organisation_now(since)
    while made < count and pools:
        model, name, everywhere, mine = pools[rng.randrange(len(pools))]
        size = min(BATCH, count - made)
        keys = set(rng.choices(everywhere, k=size)) | set(rng.choices(mine, k=size // LARGEST_SHARE) if mine else [])
        at = since + (until - since) * (made / count)
        rows = list(model.objects.filter(pk__in=sorted(keys, key=str)[:size]).select_related("project"))
        for row in rows:
            setattr(row, name, _rewritten(row, name, made))
        with simulate(at), change(by="load_volume", reason=rng.choice(REASONS)):
            model.objects.bulk_update(rows, [name])
        made += len(rows)
        yield made, at


def organisation_now(since: datetime) -> datetime:
    """The end of the simulated time: a minute before the real one."""
    return datetime.now(since.tzinfo) - timedelta(minutes=1)


def _keys(model: Any, organisation: Organisation, largest: Project) -> tuple[list[Any], list[Any]]:
    rows = model.objects.in_organisation(organisation).order_by("pk")
    return list(rows.values_list("pk", flat=True)), list(rows.filter(project=largest).values_list("pk", flat=True))


def _rewritten(row: Any, name: str, number: int) -> str:
    """The text with another number of the review at its end."""
    field = row._meta.get_field(name)
    text = getattr(row, name).partition(" · review ")[0]
    end = f" · review {number + 1}"
    room = field.max_length if isinstance(field, CharField) and not isinstance(field, TextField) else None
    return f"{text[: room - len(end)] if room else text}{end}"
