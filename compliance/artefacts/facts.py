"""What was read in a file, as bytes: the same file gives the same bytes, so their hash proves both."""

import json
from collections.abc import Mapping
from typing import Any

from compliance.artefacts.formats.observation import Observation, Observed

EDITION = 1
FIELDS = ("kind", "key", "value", "where", "by")
MOST_BYTES = 64 * 1024 * 1024


def written(observed: Observed) -> bytes:
    """Facts as canonical JSON: sorted keys, no spaces; a fact is a list of its fields, `more` last if there is any."""
    document = {
        "edition": EDITION,
        "format": observed.format,
        "platform": observed.platform,
        "subject": observed.subject,
        "version": observed.version,
        "tool": observed.tool,
        "remarks": list(observed.remarks),
        "facts": [_row(one) for one in observed.observations],
    }
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "replace")


def _row(one: Observation) -> list[Any]:
    return [*(getattr(one, name) for name in FIELDS), *([dict(one.more)] if one.more else [])]


def read(data: bytes) -> Observed:
    """The facts again."""
    document: Mapping[str, Any] = json.loads(data)
    return Observed(
        format=document["format"],
        platform=document["platform"],
        subject=document["subject"],
        version=document["version"],
        tool=document["tool"],
        remarks=tuple(document["remarks"]),
        observations=tuple(Observation(*row[:5], more=row[5] if len(row) > 5 else {}) for row in document["facts"]),
    )
