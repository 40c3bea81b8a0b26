"""A pack that goes out takes a checkpoint of the ledger along, by mail, to those the organisation names."""

from compliance.packs.hooks import on_issue
from compliance.packs.models import EvidencePack
from compliance.projects.services import ask_for_checkpoint


@on_issue
def mail_checkpoint(pack: EvidencePack) -> None:
    """Have the state of the ledger mailed because this pack was issued."""
    ask_for_checkpoint(organisation=pack.organisation, about=f"{pack.label} was issued", by="packs")
