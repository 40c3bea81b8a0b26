"""Risks to the organisation and to people."""
