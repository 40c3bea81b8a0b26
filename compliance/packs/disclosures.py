"""What a program takes out of a pack leaves an entry, as what a person downloads does (compliance.files.middleware)."""

from typing import Any

from compliance.files.disclosure import record_disclosure
from compliance.files.models import Blob
from compliance.ledger import origin
from compliance.ledger.redaction import erased
from compliance.packs.history import heed_erasures
from compliance.packs.hooks import on_hand_out
from compliance.packs.models import EvidencePack


@on_hand_out
def record_command(pack: EvidencePack, what: str, blob: Blob, who: Any) -> None:
    """A person's download is recorded with the response; here only programs come by."""
    if isinstance(who, str):
        with origin("command"):
            record_disclosure(
                scope=pack.scope,
                name=f"{pack.file_stem}.{what}",
                page=who,
                by=who,
                reason="Written to a file",
                subject=pack.reference,
                size=blob.size,
                sha256=blob.sha256,
            )


def drop_kept_pieces(**kwargs: Any) -> None:
    """Pieces of packs kept on this machine may hold the value that was just erased."""
    heed_erasures()


erased.connect(drop_kept_pieces, dispatch_uid="packs.erased")
