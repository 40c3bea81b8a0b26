"""Rows of declared registers."""

from compliance.registers.models.row import RegisterRow, RegisterRowQuerySet, RowLink

__all__ = ["RegisterRow", "RegisterRowQuerySet", "RowLink"]
