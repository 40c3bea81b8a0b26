"""Questionnaires and what their answers propose."""
