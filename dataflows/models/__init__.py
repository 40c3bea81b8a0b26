"""Personal data in motion: parties, places, flows, transfers and the records of processing (GDPR Art. 30)."""

from dataflows.models.activity import (
    ActivityData,
    ActivityMeasure,
    ActivityParty,
    ActivityPurpose,
    ActivitySystem,
    ProcessingActivity,
)
from dataflows.models.assessment import ASSESSMENT_MOVES, AssessmentState, TransferAssessment
from dataflows.models.balancing import InterestAssessment
from dataflows.models.consent import Consent, ConsentCount
from dataflows.models.contract import Contract, ContractCheck
from dataflows.models.declaration import StoreDeclaration
from dataflows.models.drift import DRIFT_MOVES, Drift, DriftSeverity, DriftState
from dataflows.models.fall import FallCase, MechanismFall
from dataflows.models.flow import DataFlow, FlowItem, FlowStop
from dataflows.models.item import DataItem
from dataflows.models.node import Node
from dataflows.models.notice import Notice
from dataflows.models.party import Party
from dataflows.models.request import IntakeKey, RequestStep, SubjectRequest
from dataflows.models.retention import DisposalRun, RetentionRule
from dataflows.models.supplier import CloudDuty, Engagement, SupplierReview
from dataflows.models.system import System
from dataflows.models.told import TextState, TextVersion
from dataflows.models.transfer import Transfer

__all__ = [
    "ASSESSMENT_MOVES",
    "DRIFT_MOVES",
    "ActivityData",
    "ActivityMeasure",
    "ActivityParty",
    "ActivityPurpose",
    "ActivitySystem",
    "AssessmentState",
    "CloudDuty",
    "Consent",
    "ConsentCount",
    "Contract",
    "ContractCheck",
    "DataFlow",
    "DataItem",
    "DisposalRun",
    "Drift",
    "DriftSeverity",
    "DriftState",
    "Engagement",
    "FallCase",
    "FlowItem",
    "FlowStop",
    "IntakeKey",
    "InterestAssessment",
    "MechanismFall",
    "Node",
    "Notice",
    "Party",
    "ProcessingActivity",
    "RequestStep",
    "RetentionRule",
    "StoreDeclaration",
    "SubjectRequest",
    "SupplierReview",
    "System",
    "TextState",
    "TextVersion",
    "Transfer",
    "TransferAssessment",
]
