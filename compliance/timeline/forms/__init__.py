"""What one may ask of a timeline, and take out of it."""

from compliance.timeline.forms.comparison import KINDS, Comparison
from compliance.timeline.forms.question import Question
from compliance.timeline.forms.redaction import RedactionForm

__all__ = ["KINDS", "Comparison", "Question", "RedactionForm"]
