"""Forms drawn from declarations."""

from compliance.registers.forms.row import LinkForm, ReviewForm, RowForm, row_filter

__all__ = ["LinkForm", "ReviewForm", "RowForm", "row_filter"]
