"""The lists of this room that go out as a spreadsheet and come back."""

from dataflows.sheets.flow import FlowSheet
from dataflows.sheets.party import ChecklistSheet, ContractSheet, PartySheet
from dataflows.sheets.transfer import TransferSheet

__all__ = [
    "ChecklistSheet",
    "ContractSheet",
    "FlowSheet",
    "PartySheet",
    "TransferSheet",
]
