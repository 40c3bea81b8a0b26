"""Frameworks, applicability, implementation and evidence."""
