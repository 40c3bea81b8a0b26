"""Taking large files in, piece by piece; a plain form does without these."""

from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_http_methods, require_POST

from compliance.files.views import announce, piece
from compliance.projects.models import Organisation, Project
from controls.views.scopes import in_both


def _uploads(request: HttpRequest, scope: Organisation | Project) -> JsonResponse:
    return announce(request)


def _upload(request: HttpRequest, scope: Organisation | Project, upload: UUID) -> JsonResponse:
    return piece(request, upload)


uploads = in_both("edit", kind="evidence")(require_POST(_uploads))
upload = in_both("edit", kind="evidence")(require_http_methods(["GET", "POST"])(_upload))
