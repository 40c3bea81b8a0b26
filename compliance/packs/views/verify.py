"""Checking a file against what was issued: for everybody who may see the pack, without keeping what they hand in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from compliance.accounts.access import PersonRequest, signed_in_view
from compliance.files.hashing import HashOnly
from compliance.packs.forms import VerifyForm
from compliance.packs.models import EvidencePack
from compliance.packs.services.recognise import recognise, seen


@csrf_exempt
@signed_in_view
def verify(request: PersonRequest, pack: str = "") -> HttpResponse:
    """Ask for a file or its hash. The CSRF token is checked below, after the upload handler is in place."""
    request.upload_handlers = [HashOnly(request)]
    return _verify(request, pack)


@csrf_protect
def _verify(request: HttpRequest, pack: str) -> HttpResponse:
    form = VerifyForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and not form.is_bound:
        form = VerifyForm({})
    context: dict[str, Any] = {"form": form, "asked": pack, "packs": seen(request.user, pack) if pack else []}
    if form.is_valid():
        digest = form.cleaned_data["sha256"] or form.cleaned_data["file"].sha256
        found = recognise(digest, by=request.user)
        context |= {"digest": digest, "file": form.cleaned_data.get("file"), "found": found}
        context["other"] = bool(found and pack and not _is_of(found, context["packs"]))
    return render(request, "packs/verify.html", context, status=422 if form.errors else 200)


def _is_of(found: list[Any], packs: list[EvidencePack]) -> bool:
    return any(one.pack.pk == pack.pk for one in found for pack in packs)
