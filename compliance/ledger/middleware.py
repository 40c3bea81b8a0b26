"""Marks every request as one origin with one change set, so a timeline reads "one click, seven fields"."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from compliance.ledger.context import origin


class RequestOrigin:
    """Everything changed during a request came from a page, by the signed-in person, in one change set."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = "api" if request.headers.get("Authorization", "").startswith("Bearer ") else "page"
        user = request.user if getattr(request, "user", None) and request.user.is_authenticated else None
        with origin(name, user=user, change_set=uuid.uuid4()):
            return self.get_response(request)
