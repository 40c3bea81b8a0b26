"""Pages of tasks."""

from compliance.tasks.views import inbox, task

__all__ = ["inbox", "task"]
