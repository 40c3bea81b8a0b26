"""The lists of this room that go out as a spreadsheet and come back."""

from .flow import FlowSheet

__all__ = ["FlowSheet"]
