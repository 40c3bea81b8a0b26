"""The packs that were asked for, and what became of them."""

from compliance.packs.models.pack import DRAFTS, KEPT, EvidencePack, PackFrozen, PackVolume, State
from compliance.packs.models.sign_off import Override, SignOff, Step

__all__ = ["DRAFTS", "KEPT", "EvidencePack", "Override", "PackFrozen", "PackVolume", "SignOff", "State", "Step"]
