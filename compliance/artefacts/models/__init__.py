from compliance.artefacts.models.artefact import MOVES, Artefact, Platform, Source, State
from compliance.artefacts.models.token import UploadToken

__all__ = ["MOVES", "Artefact", "Platform", "Source", "State", "UploadToken"]
