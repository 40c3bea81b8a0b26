"""Handing out the file of a version."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from compliance.files.download import download
from compliance.files.store import FileDamaged


def file_of(request: HttpRequest, version: Any, *, back: str) -> HttpResponse:
    """The bytes as they were received; where they no longer are, the page says so instead."""
    if version.blob is None:
        raise Http404("This version has no file.")
    try:
        return download(version.blob, version.file_name)  # type: ignore[return-value]
    except FileDamaged as damaged:
        messages.error(request, str(damaged))
        return redirect(back)
