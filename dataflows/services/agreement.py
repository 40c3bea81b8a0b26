"""A record takes over what its flows say."""

from collections.abc import Sequence
from typing import Any

from compliance.accounts.models import User
from compliance.ledger import Refused, governed
from dataflows.disagreement import differences, limit_in_flows, reached
from dataflows.models import ProcessingActivity
from dataflows.services.activity import Limit, change_activity
from dataflows.services.purposes import Purpose, purposes_of


@governed("Say why the record follows its flows")
def take_over(*, record: ProcessingActivity, keys: Sequence[str], by: User, reason: str) -> ProcessingActivity:
    """Write into the record what the differences `keys` name say; all of them when it is `["all"]`. Raises Refused."""
    complete = ProcessingActivity.objects.complete().get(pk=record.pk)
    open_now = [one.key for one in differences(complete) if one.key]
    chosen = open_now if list(keys) == ["all"] else [key for key in keys if key in open_now]
    if not chosen:
        raise Refused("Record and flows agree on that by now: nothing was changed.")
    return change_activity(activity=record, by=by, reason=reason, **_wanted(complete, set(chosen)))


def _wanted(record: ProcessingActivity, keys: set[str]) -> dict[str, Any]:
    """What `change_activity` takes; only the parts that change."""
    wanted: dict[str, Any] = {}
    kinds = {key.partition("+")[0].partition("-")[0] for key in keys}
    if kinds & {"data", "limit"}:
        wanted["data"] = _data(record, keys)
    if "subject" in kinds:
        kept = [code for code in record.subject_categories if f"subject-{code}" not in keys]
        wanted["subject_categories"] = kept + [key[8:] for key in sorted(keys) if key.startswith("subject+")]
    if "party" in kinds:
        kept = [link.party for link in record.party_rows if f"party-{link.party_id}" not in keys]
        wanted["parties"] = kept + [party for party in reached(record) if f"party+{party.pk}" in keys]
    if "basis" in kinds:
        wanted["purposes"] = _purposes(record, keys)
    return wanted


def _data(record: ProcessingActivity, keys: set[str]) -> dict[Any, Limit]:
    found: dict[Any, Limit] = {}
    for link in record.data_rows:
        if f"data-{link.item_id}" not in keys:
            over = f"limit+{link.item_id}" in keys
            found[link.item] = limit_in_flows(record, link.item)[0] if over else link.rule or link.retention
    for item in {item for flow in record.flow_rows for item in flow.data}:
        if f"data+{item.pk}" in keys:
            found[item] = (limit_in_flows(record, item) or [""])[0]
    return found


def _purposes(record: ProcessingActivity, keys: set[str]) -> list[Purpose]:
    """Those of the record, and the first flow's for each basis that was missing."""
    found = purposes_of(record)
    for code in sorted(key[6:] for key in keys if key.startswith("basis+")):
        flow = next(flow for flow in record.flow_rows if flow.legal_basis == code)
        found.append(Purpose(text=flow.purpose, legal_basis=code, article9_condition=flow.article9_condition))
    return found
