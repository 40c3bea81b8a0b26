"""What one reminder finds, as the inbox shows it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from compliance.tasks.services import Inbox, Waiting


def due(find: Callable[[Any, datetime], Any], scope: Any, at: datetime) -> list[Waiting]:
    """The lines of one finder, the nearest day first."""
    return Inbox(scope, at, (find,)).order_by()
