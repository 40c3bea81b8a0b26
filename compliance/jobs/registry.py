"""Which kinds of work there are; an app names its own in `jobs.py`."""

from collections.abc import Callable
from typing import Any

from compliance.registry import Registry

Handler = Callable[..., dict[str, Any]]
kinds: Registry[Handler] = Registry("job kind")


class JobFailed(Exception):
    """The work cannot be done and trying again would not help; the message is shown to the person who asked."""


def job_kind(name: str) -> Callable[[Handler], Handler]:
    """Register what does jobs of kind `name`.

    It is called as `handler(running, **arguments)` and returns the job's result. It may be called again after a worker
    died, so it must be able to start over; what it publishes, it publishes in one transaction that starts with
    `running.hold()`.
    """

    def register(handler: Handler) -> Handler:
        return kinds.add(name, handler)

    return register
