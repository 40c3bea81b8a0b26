"""The lists of this room that go out as a spreadsheet and come back."""

from dataflows.sheets.flow import FlowSheet
from dataflows.sheets.inventory import ItemSheet, SystemSheet
from dataflows.sheets.party import ChecklistSheet, ContractSheet, PartySheet
from dataflows.sheets.processing import ProcessingSheet
from dataflows.sheets.retention import RetentionSheet
from dataflows.sheets.transfer import TransferSheet

__all__ = [
    "ChecklistSheet",
    "ContractSheet",
    "FlowSheet",
    "ItemSheet",
    "PartySheet",
    "ProcessingSheet",
    "RetentionSheet",
    "SystemSheet",
    "TransferSheet",
]
