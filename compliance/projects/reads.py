"""Which records something is drawn from, found by looking on: the tables its queries name.

    with reading() as models:
        text = draw()
    models          # {"risks.risk", "projects.project", …}; with ANYTHING, where no history tells of a table

Nobody declares what a box or a list reads, so nobody can forget to. A word of a query that is the name of a table
counts, also where it means something else: too much is read rather than too little.
"""

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import Any

from django.apps import apps
from django.db import connection

from compliance.ledger.models import TrackedBase

ANYTHING = "*"
# What stands around every page was read before: scope, person and roles.
AROUND = frozenset({"accounts.user", "projects.membership", "projects.organisation", "projects.project"})
OF_OURS = frozenset({"django_session", "projects_keptbox"})  # what is kept, not what is shown
WORD = re.compile(r"\w+")
_away: ContextVar[bool] = ContextVar("away", default=False)


class Looking:
    """Looks on while queries run; an execute wrapper of Django's."""

    changes_nothing = True  # for compliance.prepared: the queries are those of every day

    def __init__(self) -> None:
        self.models = set(AROUND)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not _away.get():
            self.models |= models_in(sql)
        return execute(sql, params, many, context)


@contextmanager
def reading() -> Iterator[set[str]]:
    """The models read so far, while the block runs."""
    looking = Looking()
    with connection.execute_wrapper(looking):
        yield looking.models


@contextmanager
def looking_away() -> Iterator[None]:
    """What is asked in the block, to tell whether something still holds, is not what is shown."""
    token = _away.set(True)
    try:
        yield
    finally:
        _away.reset(token)


@lru_cache(maxsize=500)
def models_in(sql: str) -> frozenset[str]:
    """The models of the tables a query names."""
    known = _tables()
    return frozenset(known[word] for word in WORD.findall(sql) if word in known)


@cache
def _tables() -> dict[str, str]:
    """By the name of a table: its model, or ANYTHING where no entry names the model when a row changes."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        tracked = issubclass(model, TrackedBase) and not model._meta.proxy
        found[model._meta.db_table] = model._meta.label_lower if tracked else ANYTHING
    return {name: model for name, model in found.items() if name not in OF_OURS}


def touches(models: Collection[str], changed: str) -> bool:
    """Whether what is drawn from these models may change with an entry about one."""
    return changed in models or ANYTHING in models
