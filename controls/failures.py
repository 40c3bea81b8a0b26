"""What a control that fails means to the rooms above: the risks it treats are looked at again.

    @when_failing("risk")
    def review_risks(*, implementation, by, reason) -> Sequence[str]: ...

A room puts it into its own `failures.py`. It acts inside the change that found the failure and returns the references
of the records it touched.
"""

from collections.abc import Callable, Sequence

from compliance.accounts.models import User
from compliance.registry import Registry
from controls.models import Implementation

Act = Callable[..., Sequence[str]]

failures: Registry[Act] = Registry("failure")


def when_failing(key: str) -> Callable[[Act], Act]:
    """Register what a room does when a control is found ineffective."""

    def register(act: Act) -> Act:
        failures.add(key, act)
        return act

    return register


def tell_failure(*, implementation: Implementation, by: User | str, reason: str) -> list[str]:
    """Let every room act; the references of what they touched."""
    return [reference for act in failures for reference in act(implementation=implementation, by=by, reason=reason)]
