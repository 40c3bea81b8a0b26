"""What people are told when a page could not be made."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import server_error

from compliance.room import is_full

AGAIN = 60  # seconds until it is worth another try
NO_ROOM = "There is no room left on the disk of the server"
AWAY = "The database does not answer"


def broken(request: HttpRequest) -> HttpResponse:
    """The page of status 500; of 503 where trying again later helps: the disk is full, or the database away."""
    failure = sys.exc_info()[1]
    if is_full(failure):
        title, mend = NO_ROOM, "Let whoever runs it make room; then try once more."
    elif isinstance(failure, OperationalError | InterfaceError):
        title, mend = AWAY, "Try once more in a minute; if it lasts, tell whoever runs this server."
    else:
        return server_error(request)
    response = render(None, "503.html", {"title": title, "mend": mend}, status=503)
    response["Retry-After"] = str(AGAIN)
    return response
