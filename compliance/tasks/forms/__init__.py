"""Forms of tasks."""

from compliance.tasks.forms.task import OutcomeForm, TaskForm

__all__ = ["OutcomeForm", "TaskForm"]
