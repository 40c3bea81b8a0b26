"""The packs that were asked for."""

from compliance.packs.models.pack import EvidencePack

__all__ = ["EvidencePack"]
