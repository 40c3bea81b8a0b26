"""Personal data in motion: parties, places, flows, transfers and the records of processing (GDPR Art. 30)."""

from dataflows.models.activity import ActivityData, ActivityMeasure, ActivityParty, ProcessingActivity
from dataflows.models.consent import Consent, ConsentCount
from dataflows.models.declaration import StoreDeclaration
from dataflows.models.flow import DataFlow, FlowItem, FlowStop
from dataflows.models.item import DataItem
from dataflows.models.node import Node
from dataflows.models.notice import Notice
from dataflows.models.party import Party
from dataflows.models.request import IntakeKey, RequestStep, SubjectRequest
from dataflows.models.told import TextState, TextVersion
from dataflows.models.transfer import Transfer

__all__ = [
    "ActivityData",
    "ActivityMeasure",
    "ActivityParty",
    "Consent",
    "ConsentCount",
    "DataFlow",
    "DataItem",
    "FlowItem",
    "FlowStop",
    "IntakeKey",
    "Node",
    "Notice",
    "Party",
    "ProcessingActivity",
    "RequestStep",
    "StoreDeclaration",
    "SubjectRequest",
    "TextState",
    "TextVersion",
    "Transfer",
]
