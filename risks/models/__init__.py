"""Method, register, positions, treatment and acceptance (ISO/IEC 27001 6.1.2, 6.1.3, 8.2, 8.3)."""

from risks.models.acceptance import RiskAcceptance, newest
from risks.models.asset import Asset, AssetNeed, RiskLink
from risks.models.breach import (
    AUTHORITY_MOVES,
    BREACH_MOVES,
    BREACH_OVER,
    BREACH_SURE,
    PEOPLE_MOVES,
    AuthorityState,
    Breach,
    BreachRisk,
    BreachState,
    Exemption,
    PeopleState,
)
from risks.models.clock import RegulatoryClock
from risks.models.dpia import (
    DPIA_IN_FORCE,
    DPIA_MOVES,
    DPIA_OVER,
    DPIA_WRITTEN,
    DpiaDecision,
    DpiaOpinion,
    DpiaState,
    ImpactAssessment,
)
from risks.models.incident import (
    INCIDENT_MOVES,
    INCIDENT_OVER,
    CaseLink,
    Incident,
    IncidentEntry,
    IncidentState,
    RootCause,
    Severity,
)
from risks.models.method import Band, Level, MethodIsFixed, RiskMethod
from risks.models.positions import RiskPosition
from risks.models.reassessment import Reassessment
from risks.models.register import AFFECTED, Risk
from risks.models.requirement import RequirementResult, RequirementState, SecurityRequirement
from risks.models.threat_model import Assumption, Threat, ThreatControl, ThreatElement, ThreatModel
from risks.models.treatment import RiskControl, RiskTreatment, TreatmentAction
from risks.models.vulnerability import (
    Component,
    Justification,
    RemediationTerms,
    Suggestion,
    Vulnerability,
    VulnerabilityRelease,
    VulnerabilityRisk,
    VulnerabilityState,
)

__all__ = [
    "AFFECTED",
    "AUTHORITY_MOVES",
    "BREACH_MOVES",
    "BREACH_OVER",
    "BREACH_SURE",
    "DPIA_IN_FORCE",
    "DPIA_MOVES",
    "DPIA_OVER",
    "DPIA_WRITTEN",
    "INCIDENT_MOVES",
    "INCIDENT_OVER",
    "PEOPLE_MOVES",
    "Asset",
    "AssetNeed",
    "Assumption",
    "AuthorityState",
    "Band",
    "Breach",
    "BreachRisk",
    "BreachState",
    "CaseLink",
    "Component",
    "DpiaDecision",
    "DpiaOpinion",
    "DpiaState",
    "Exemption",
    "ImpactAssessment",
    "Incident",
    "IncidentEntry",
    "IncidentState",
    "Justification",
    "Level",
    "MethodIsFixed",
    "PeopleState",
    "Reassessment",
    "RegulatoryClock",
    "RemediationTerms",
    "RequirementResult",
    "RequirementState",
    "Risk",
    "RiskAcceptance",
    "RiskControl",
    "RiskLink",
    "RiskMethod",
    "RiskPosition",
    "RiskTreatment",
    "RootCause",
    "SecurityRequirement",
    "Severity",
    "Suggestion",
    "Threat",
    "ThreatControl",
    "ThreatElement",
    "ThreatModel",
    "TreatmentAction",
    "Vulnerability",
    "VulnerabilityRelease",
    "VulnerabilityRisk",
    "VulnerabilityState",
    "newest",
]
