"""Large files on their way in, piece by piece; who may hand them in is for the rooms above to say."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse

from compliance.files import incoming
from compliance.files.models import Incoming
from compliance.files.store import FileRefused

MOST_ASKED = 4096


def announce(request: HttpRequest) -> JsonResponse:
    """Announce a file: {name, size, stamp} as JSON; the answer says where to go on."""
    try:
        asked: Any = json.loads(request.read(MOST_ASKED))
        name, size, stamp = str(asked["name"]), int(asked["size"]), str(asked.get("stamp", ""))[:40]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return _refused("Say the name and the size of the file.", 400)
    try:
        one = incoming.begin(person=_by(request), name=name.replace("\0", ""), size=size, stamp=stamp.replace("\0", ""))
    except FileRefused as refused:
        return _refused(str(refused))
    return _told(one, 201)


def piece(request: HttpRequest, upload: UUID) -> JsonResponse:
    """Where a file stands (GET), or its next piece (POST the bytes, with ?offset=)."""
    one = Incoming.objects.filter(pk=upload, person=_by(request)).first()
    if one is None:
        return _refused("This upload is over: choose the file again.", 410)
    if request.method == "GET":
        return _told(one)
    try:
        offset = int(request.GET.get("offset", ""))
        return _told(incoming.append(one, offset=offset, stream=request))
    except ValueError as wrong:
        return _refused(str(wrong) if isinstance(wrong, FileRefused) else "Say where the piece begins.", 400)
    except incoming.OutOfStep as wrong:
        return JsonResponse({"offset": wrong.offset}, status=409)
    except (Incoming.DoesNotExist, OSError):
        return _refused("The connection broke off: go on where it did.", 400)


def _by(request: HttpRequest) -> Any:
    return request.user


def _told(one: Incoming, status: int = 200) -> JsonResponse:
    return JsonResponse({"id": str(one.pk), "offset": one.offset, "piece": incoming.PIECE_BYTES}, status=status)


def _refused(words: str, status: int = 422) -> JsonResponse:
    return JsonResponse({"error": words}, status=status)
