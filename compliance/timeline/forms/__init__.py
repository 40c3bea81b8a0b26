"""What one may ask of a timeline."""

from compliance.timeline.forms.comparison import KINDS, Comparison
from compliance.timeline.forms.question import Question

__all__ = ["KINDS", "Comparison", "Question"]
