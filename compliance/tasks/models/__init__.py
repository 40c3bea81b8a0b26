"""Tasks."""

from compliance.tasks.models.task import Task, TaskQuerySet

__all__ = ["Task", "TaskQuerySet"]
