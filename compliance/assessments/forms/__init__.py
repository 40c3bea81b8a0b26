"""Forms of assessments; the answers themselves are read in values.py."""

from .assessment import AskForm, DecideForm, RemarkForm, StartForm

__all__ = ["AskForm", "DecideForm", "RemarkForm", "StartForm"]
