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
from .crosswalk import INVERSE, Crosswalk, Mapping, Relation
from .licensed_text import LicensedText

__all__ = [
    "INVERSE",
    "Confidence",
    "Crosswalk",
    "Edition",
    "EditionStatus",
    "Framework",
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
    "Wording",
]
