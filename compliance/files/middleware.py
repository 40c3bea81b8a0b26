"""Every download leaves an entry before its first byte is sent; one that cannot be recorded is not sent.

So does every page somebody is shown at a desk (`compliance.projects.desks`), where they see what others may not.
"""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from compliance.accounts.models import SignIn
from compliance.accounts.sign_ins import record_sign_in
from compliance.files.disclosure import record_disclosure

NAME = re.compile(r"filename\*=utf-8''([^;]+)|filename=\"([^\"]*)\"", re.IGNORECASE)
AHEAD = ("Sec-Purpose", "Purpose", "X-Moz")


class Disclosures:
    """Records attachments and desk pages. Nothing is sent to a browser that fetches ahead, nor recorded for HEAD."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not self._hands_out(request, response):
            return response
        if any("prefetch" in request.headers.get(header, "").lower() for header in AHEAD):
            _let_go(response)
            return HttpResponse(status=204, headers={"Cache-Control": "no-store"})
        try:
            _record(request, response)
        except BaseException:
            _let_go(response)
            raise
        return response

    @staticmethod
    def _hands_out(request: HttpRequest, response: HttpResponse) -> bool:
        told = _is_attached(response) or getattr(request, "desk", None) is not None
        return told and request.method != "HEAD" and response.status_code in {200, 206, 422}


def _is_attached(response: HttpResponse) -> bool:
    return response.headers.get("Content-Disposition", "").lower().startswith("attachment")


def _record(request: Any, response: Any) -> None:
    desk: Any = getattr(request, "desk", None)
    match, scope = request.resolver_match, desk.scope if desk else getattr(request, "scope", None)
    page = match.view_name if match else request.path
    if scope is None:  # allauth's recovery codes: the person's own, of no organisation
        record_sign_in(user=request.user, event=SignIn.Event.CODES_SAVED, by=request.user, method=page)
        return
    length, attached = response.headers.get("Content-Length"), _is_attached(response)
    left_out = {"project", "organisation", "desk"}
    about = [str(value) for key, value in match.kwargs.items() if key not in left_out]
    record_disclosure(
        scope=scope,
        name=_name(response) if attached else f"Page of {desk.label}",
        page=page,
        by=request.user,
        reason="Downloaded" if attached else "Seen at the desk",
        subject=" ".join([desk.label, *about] if desk else about),
        asked=unquote(request.META.get("QUERY_STRING", "")),
        size=int(length) if length else None if response.streaming else len(response.content),
        sha256="" if isinstance(response, StreamingHttpResponse) else sha256(response.content).hexdigest(),
    )


def _let_go(response: Any) -> None:
    """Close the file that is not sent; the response itself stays unfinished, as Django ends the request with it."""
    if (stream := getattr(response, "file_to_stream", None)) is not None:
        stream.close()


def _name(response: HttpResponse) -> str:
    found = NAME.search(response.headers["Content-Disposition"])
    return unquote(found[1] or found[2]) if found else "unnamed"
