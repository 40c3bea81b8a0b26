"""The lists of this room that go out as a spreadsheet and come back."""

from dataflows.sheets.flow import FlowSheet

__all__ = ["FlowSheet"]
