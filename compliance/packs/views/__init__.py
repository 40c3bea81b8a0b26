"""The pages of the packs."""

from compliance.packs.views.pack import organisation_packs, pack, pack_add, pack_check, pack_download, packs

__all__ = ["organisation_packs", "pack", "pack_add", "pack_check", "pack_download", "packs"]
