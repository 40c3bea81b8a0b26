"""What an answer may propose: rooms register consequences, an assessment reads them; no rule applies one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from compliance.registry import Registry


@dataclass(frozen=True)
class Consequence:
    """`propose(project, parameters)` returns what would be made, for a person to accept or decline."""

    code: str
    title: str
    propose: Callable[[Any, dict[str, Any]], Any]


consequences: Registry[Consequence] = Registry("consequence")


def consequence(code: str, *, title: str) -> Callable[..., Any]:
    """Register what a consequence code of the questionnaire's rules proposes in a room."""

    def register(propose: Callable[[Any, dict[str, Any]], Any]) -> Callable[[Any, dict[str, Any]], Any]:
        consequences.add(code, Consequence(code, title, propose))
        return propose

    return register
