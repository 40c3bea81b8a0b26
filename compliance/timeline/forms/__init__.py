"""What one may ask of a timeline."""

from compliance.timeline.forms.question import Question

__all__ = ["Question"]
