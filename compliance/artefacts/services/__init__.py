from compliance.artefacts.services.artefact import (
    About,
    Taken,
    WrongMove,
    read_again,
    receive_artefacts,
    remove_artefact,
)
from compliance.artefacts.services.read import read_artefact, told
from compliance.artefacts.services.token import make_token, note_use, revoke_token, token_of

__all__ = [
    "About",
    "Taken",
    "WrongMove",
    "make_token",
    "note_use",
    "read_again",
    "read_artefact",
    "receive_artefacts",
    "remove_artefact",
    "revoke_token",
    "token_of",
    "told",
]
