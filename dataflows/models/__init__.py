"""Personal data in motion: parties, places, flows, transfers and the records of processing (GDPR Art. 30)."""

from dataflows.models.activity import ActivityData, ActivityMeasure, ActivityParty, ProcessingActivity
from dataflows.models.flow import DataFlow, FlowItem, FlowStop
from dataflows.models.item import DataItem
from dataflows.models.node import Node
from dataflows.models.party import Party
from dataflows.models.request import IntakeKey, RequestStep, SubjectRequest
from dataflows.models.transfer import Transfer

__all__ = [
    "ActivityData",
    "ActivityMeasure",
    "ActivityParty",
    "DataFlow",
    "DataItem",
    "FlowItem",
    "FlowStop",
    "IntakeKey",
    "Node",
    "Party",
    "ProcessingActivity",
    "RequestStep",
    "SubjectRequest",
    "Transfer",
]
