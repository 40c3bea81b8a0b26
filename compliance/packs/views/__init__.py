"""The pages of the packs."""

from compliance.packs.views.lists import organisation_packs, pack_add, packs
from compliance.packs.views.moves import MOVES, page_of
from compliance.packs.views.pack import pack, pack_check, pack_download
from compliance.packs.views.preflight import pack_override, pack_preflight
from compliance.packs.views.verify import verify

__all__ = [
    "MOVES",
    "organisation_packs",
    "pack",
    "pack_add",
    "pack_check",
    "pack_download",
    "pack_override",
    "pack_preflight",
    "packs",
    "page_of",
    "verify",
]
