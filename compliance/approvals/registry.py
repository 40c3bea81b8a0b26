"""What is put before somebody else, so that an inbox can tell who is to decide: `approvables.py` in an app.

    approvable("controls.statement", kind="applicability", noun="the statement of applicability")

Whoever may approve records of the kind in the scope, and did not ask for it, finds it among their tasks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from compliance.registry import Registry

DAYS = 5  # within which a request is decided


@dataclass(frozen=True)
class Approvable:
    """A kind of subject of approvals: model label, whose approvers decide (a kind of record), what it is called, and
    its page (default: its own address).
    """

    model: str
    kind: str
    noun: str
    page: Callable[[Any], str]


approvables: Registry[Approvable] = Registry("approvable")


def _own(subject: Any) -> str:
    return str(subject.get_absolute_url())


def approvable(model: str, *, kind: str, noun: str, page: Callable[[Any], str] = _own) -> Approvable:
    """Say who decides about subjects of a model, and what to call one."""
    return approvables.add(model, Approvable(model, kind, noun, page))
