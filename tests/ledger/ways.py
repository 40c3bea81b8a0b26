"""The list of ways round the history: attempts, and what must come of each."""

from collections.abc import Callable
from typing import Any

from django.db import models

WAYS: list[tuple[str, str, Callable[..., Any] | None]] = []
RULES = "tests.ledger.test_model_rules"


def way(name: str, outcome: str) -> Callable[..., Any]:
    def register(attempt: Callable[..., Any]) -> Callable[..., Any]:
        WAYS.append((name, outcome, attempt))
        return attempt

    return register


def rule(name: str, test: str) -> None:
    WAYS.append((name, f"rule {test}", None))


def plain(model: type[Any]) -> models.QuerySet[Any]:
    """Django's own queryset, as somebody would use it who does not know better."""
    return models.QuerySet(model)
