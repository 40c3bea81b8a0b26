"""Pages as they stood: `?at=2026-03-01` (the end of that day) or `?at=2026-03-01T14:30`, always UTC.

Today's rights decide whether the viewer may look; what the page shows is the past, members and roles included.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time
from typing import Any, TypeAlias

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import escape

from compliance.ledger.models import Entry
from compliance.ledger.past import PastIsFixed, past
from compliance.projects.models import Organisation, Project

Scope: TypeAlias = Organisation | Project
ASKED = ("at", "time")
LINK = re.compile(r'(?<!data-today )\b(href|action|hx-get)="((?:/(?:projects|organisations)/|\?)[^"]*)"')
FORM = re.compile(r'<form\b(?![^>]*\b(?:data-today\b|method="post"))[^>]*>', re.IGNORECASE)


class Unreadable(ValueError):
    """What was asked for is no moment of the past; the text tells the person."""


def moment_asked(asked: Any, day: str = "at", time_of_day: str = "time") -> datetime | None:
    """The moment in the URL: None when none is named, or today as a whole. The end of the day when it has no time."""
    text, clock = asked.get(day, "").strip(), asked.get(time_of_day, "").strip()
    if not text:
        return None
    try:
        at = _moment(f"{text}T{clock}" if clock and len(text) == 10 else text)
    except ValueError:
        raise Unreadable(
            f"“{text[:40]}” is no date. Write it as 2026-03-01, or with a time as 2026-03-01T14:30."
        ) from None
    now = timezone.now()
    if at.date() == now.date() and len(text) == 10 and not clock:
        return None
    if at > now:
        raise Unreadable(f"{at:%-d %b %Y, %H:%M} UTC is still to come: choose a moment up to now.")
    return at


def _moment(text: str) -> datetime:
    if len(text) == 10:
        return datetime.combine(date.fromisoformat(text), time.max, UTC)
    at = datetime.fromisoformat(text.replace(" ", "T"))
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def written(at: datetime) -> str:
    """The moment as it stands in an address."""
    if at.time() == time.max:
        return at.date().isoformat()
    return at.replace(tzinfo=None).isoformat(timespec="auto" if at.second or at.microsecond else "minutes")


def is_asked(request: HttpRequest) -> bool:
    """Whether the address names a moment."""
    return bool(request.GET.get("at"))


def today_url(request: HttpRequest) -> str:
    """The same page as it is today."""
    kept = request.GET.copy()
    for name in ASKED:
        kept.pop(name, None)
    return f"{request.path}?{kept.urlencode()}" if kept else request.path


def read_in_past(request: Any, scope: Scope, *, reads: bool, view: Callable[[Scope], HttpResponse]) -> HttpResponse:
    """Answer with the page at the moment its address names; `reads` says whether the page only shows."""
    try:
        at = moment_asked(request.GET)
    except Unreadable as problem:
        return _explain(request, "There is no such past", str(problem), 400)
    if request.method not in {"GET", "HEAD"} or not reads:
        text = "Nothing was changed. What you asked for works on today's records only."
        return _explain(request, "The past cannot be changed", text, 409)
    if at is None:
        return redirect(today_url(request))
    try:
        with past(at):
            then = type(scope)._default_manager.filter(pk=scope.pk)
            found = (then.select_related("organisation") if isinstance(scope, Project) else then).first()
            if found is not None:
                request.at, request.scope = at, found
                return _kept(_finished(view(found)), at)
    except PastIsFixed as problem:
        request.at, request.scope = None, scope
        return _explain(request, "The past cannot be changed", str(problem), 409)
    return _explain(request, f"{scope} did not exist yet", _beginning(scope), 404)


def _beginning(scope: Scope) -> str:
    first = Entry.objects.of(scope).order_by("id").values_list("at", flat=True).first()
    return f"Its history begins on {first:%-d %b %Y, %H:%M} UTC. Choose a later moment." if first else ""


def _explain(request: HttpRequest, heading: str, text: str, status: int) -> HttpResponse:
    context = {"heading": heading, "text": text, "back_url": today_url(request)}
    return render(request, "projects/no_past.html", context, status=status)


def _finished(response: Any) -> HttpResponse:
    """Everything that would still ask the database has asked."""
    if hasattr(response, "render") and not response.is_rendered:
        response.render()
    if response.streaming and not isinstance(response, FileResponse):
        response.streaming_content = list(response.streaming_content)
    return response


def _kept(response: Any, at: datetime) -> HttpResponse:
    """Links and filters stay in the past; a file says of which day it is."""
    text, today = written(at), timezone.now().date().isoformat()
    with suppress(KeyError):
        response["Location"] = _with(response["Location"], text, "&")
    with suppress(KeyError):
        response["Content-Disposition"] = response["Content-Disposition"].replace(today, f"as-of-{at.date()}")
    if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
        page = response.content.decode(response.charset)
        page = LINK.sub(lambda link: f'{link[1]}="{_with(link[2], text, "&amp;")}"', page)
        hidden = f'<input type="hidden" name="at" value="{escape(text)}">'
        response.content = FORM.sub(lambda form: form[0] + hidden, page).encode(response.charset)
    return response


def _with(url: str, text: str, also: str) -> str:
    address, hash_, part = url.partition("#")
    if not address.startswith(("/projects/", "/organisations/", "?")) or re.search(r"[?;&]at=", address):
        return url
    address = address.rstrip("?")
    return f"{address}{also if '?' in address else '?'}at={text}{hash_}{part}"
