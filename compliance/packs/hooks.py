"""What others do when a pack goes out. Registered at start, called by the services.

`on_issue` is called after the commit that issued a pack; one that fails is logged and changes nothing.
`on_hand_out` is called before a file of a pack leaves, in the request: one that fails keeps the file back.
"""

import logging
from collections.abc import Callable
from typing import Any

from compliance.files.models import Blob
from compliance.packs.models import EvidencePack

Issued = Callable[[EvidencePack], None]
HandedOut = Callable[[EvidencePack, str, Blob, Any], None]
logger = logging.getLogger(__name__)
_issued: list[Issued] = []
_handed_out: list[HandedOut] = []


def on_issue(hook: Issued) -> Issued:
    """Register a hook, called with the issued pack."""
    _issued.append(hook)
    return hook


def on_hand_out(hook: HandedOut) -> HandedOut:
    """Register a hook, called with the pack, what of it ("pdf", "zip", "volume 2"), the blob, and who takes it."""
    _handed_out.append(hook)
    return hook


def issued(pack: EvidencePack) -> None:
    """Tell everybody who wants to know."""
    for hook in _issued:
        try:
            hook(pack)
        except Exception:
            logger.exception("%s was issued, but %s failed.", pack.label, hook.__name__)


def handed_out(pack: EvidencePack, kind: str, blob: Blob, by: Any) -> None:
    """Tell everybody who records it."""
    for hook in _handed_out:
        hook(pack, kind, blob, by)
