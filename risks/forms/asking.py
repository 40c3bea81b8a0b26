"""Filters of lists that stand in an organisation and in its projects, with a question to narrow them by."""

from typing import Any

from compliance.projects.models import Project
from compliance.ui.filters import Filters


class AskingFilters(Filters):
    """`SHOWN` are the questions of the filter `show`; in a project there is no project to choose."""

    SHOWN: tuple[tuple[str, str], ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["show"].extra["choices"] = self.SHOWN
        if isinstance(self.request.scope, Project):
            del self.filters["project"]
