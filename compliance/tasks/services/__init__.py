"""What one does with tasks, and what waits for whom."""

from compliance.tasks.services.inbox import Nearest, inbox_of, nearest_in, waiting_for, waiting_in
from compliance.tasks.services.lines import Inbox, Waiting
from compliance.tasks.services.task import (
    NotOpen,
    add_task,
    cancel_task,
    finish_task,
    reopen_task,
    update_task,
)

__all__ = [
    "Inbox",
    "Nearest",
    "NotOpen",
    "Waiting",
    "add_task",
    "cancel_task",
    "finish_task",
    "inbox_of",
    "nearest_in",
    "reopen_task",
    "update_task",
    "waiting_for",
    "waiting_in",
]
