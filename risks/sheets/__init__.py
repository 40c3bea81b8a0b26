"""What of this room goes out as a spreadsheet or comes in from a file."""

from risks.sheets import asset, report, risk, threat_model

__all__ = ["asset", "report", "risk", "threat_model"]
