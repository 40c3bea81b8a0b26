"""What is written about a request where others read it says its reference, never who asked (GDPR Art. 5(1)(c), 12)."""

import re
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from dataflows.models import SubjectRequest
from dataflows.services.saving import BadValue

P = ParamSpec("P")
T = TypeVar("T")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
SHORTEST = 3
TOLD = ("reason", "exemptions")


def names_somebody(request: SubjectRequest, text: str) -> bool:
    """Whether a text holds the requester's name, family name or address, or a mail address of anybody."""
    if ADDRESS.search(text):
        return True
    contact, name = request.requester_contact.strip(), " ".join(request.requester_name.split())
    reached = contact if re.search(r"@|\d", contact) else ""  # "review in the store" says where, not whom
    meant = [part for part in (reached, name, name.rpartition(" ")[2]) if len(part) >= SHORTEST]
    return any(re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text, re.IGNORECASE) for part in meant)


def check_unnamed(request: SubjectRequest, what: str, text: str) -> None:
    """Refuse a text that names who asked. Raises BadValue."""
    if names_somebody(request, text):
        raise BadValue(
            f"{what}: it names the requester or holds an address, and others read it than the desk. "
            f"Write {request.reference} instead."
        )


def unnamed(service: Callable[P, T]) -> Callable[P, T]:
    """A service whose reason and other words about its `request` name nobody. Raises BadValue before it begins."""

    @wraps(service)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        request = kwargs["request"]
        assert isinstance(request, SubjectRequest)  # noqa: S101 - services take keywords
        for name in TOLD:
            check_unnamed(request, name.capitalize(), str(kwargs.get(name) or ""))
        return service(*args, **kwargs)

    return checked
