"""The lists of this room that go out as a spreadsheet and come back."""

from .applicability import ApplicabilitySheet
from .control import ControlSheet, ImplementationSheet
from .evidence import EvidenceSheet
from .finding import FindingSheet
from .framework import FrameworkSheet

__all__ = [
    "ApplicabilitySheet",
    "ControlSheet",
    "EvidenceSheet",
    "FindingSheet",
    "FrameworkSheet",
    "ImplementationSheet",
]
