"""What a framework asks, what we decided about it, what we do and how we show it."""

from .catalogue import (
    Confidence,
    Edition,
    EditionStatus,
    Framework,
    Level,
    Obligation,
    PiiRole,
    Platform,
    Provenance,
    Relevance,
    Requirement,
    RequirementGroup,
    Wording,
)
from .control import MOVES, OPERATING, Control, ControlKind, Implementation, Responsibility, Status
from .crosswalk import INVERSE, Crosswalk, Mapping, Relation
from .licensed_text import LicensedText

__all__ = [
    "INVERSE",
    "MOVES",
    "OPERATING",
    "Confidence",
    "Control",
    "ControlKind",
    "Crosswalk",
    "Edition",
    "EditionStatus",
    "Framework",
    "Implementation",
    "Level",
    "LicensedText",
    "Mapping",
    "Obligation",
    "PiiRole",
    "Platform",
    "Provenance",
    "Relation",
    "Relevance",
    "Requirement",
    "RequirementGroup",
    "Responsibility",
    "Status",
    "Wording",
]
