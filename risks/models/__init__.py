"""Method, register, positions, treatment and acceptance (ISO/IEC 27001 6.1.2, 6.1.3, 8.2, 8.3)."""

from risks.models.acceptance import RiskAcceptance, newest
from risks.models.method import Band, Level, MethodIsFixed, RiskMethod
from risks.models.positions import RiskPosition
from risks.models.reassessment import Reassessment
from risks.models.register import AFFECTED, Risk
from risks.models.treatment import RiskControl, RiskTreatment, TreatmentAction

__all__ = [
    "AFFECTED",
    "Band",
    "Level",
    "MethodIsFixed",
    "Reassessment",
    "Risk",
    "RiskAcceptance",
    "RiskControl",
    "RiskMethod",
    "RiskPosition",
    "RiskTreatment",
    "TreatmentAction",
    "newest",
]
