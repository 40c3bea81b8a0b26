"""What build servers speak to: files in, JSON out. No session: the token says whose project it is."""

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from compliance.accounts.access import public_view
from compliance.artefacts import services
from compliance.artefacts.forms.artefact import AboutForm
from compliance.artefacts.models import UploadToken
from compliance.files.store import readable_size
from compliance.files.uploads import Upload
from compliance.ledger import Refused
from compliance.ledger.moment import now_read
from compliance.projects.models import Release

AN_HOUR, SECONDS = 300, 3600
HOW = "Send multipart form data: curl -H 'Authorization: Bearer …' -F file=@AndroidManifest.xml"


class Wrong(Refused):
    """What is wrong with a request, and its status."""

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        super().__init__(text)


@csrf_exempt  # no session is asked: the token is in a header no page can make a browser send
@public_view
@require_POST
def api(request: HttpRequest, release: str) -> HttpResponse:
    """Take files in for a release of the token's project: `file`, more than once; the fields of AboutForm besides."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    token = services.token_of(secret.strip()) if kind == "Bearer" else None
    if token is None:
        return _refused(401, "Show a token in force: Authorization: Bearer assay_up_…")
    if not _is_within(token):
        return _refused(429, f"More than {AN_HOUR} uploads with this token in an hour: wait for the next.")
    try:
        answer = _taken(request, token, release)
    except Wrong as wrong:
        answer = _refused(wrong.status, str(wrong))
    except Refused as refused:
        answer = _refused(422, str(refused))
    services.note_use(token=token, told=f"{answer.status_code} for {release[:64]}")
    return answer


def _taken(request: HttpRequest, token: UploadToken, name: str) -> JsonResponse:
    """Raises Refused."""
    release = _release(token, name)
    form, uploads = _form(request)
    taken = services.receive_artefacts(release=release, uploads=uploads, by=token, about=form.about())
    told = {
        "release": release.reference,
        "version": release.name,
        "artefacts": [
            {
                "reference": one.artefact.reference,
                "file": one.artefact.file_name,
                "sha256": one.artefact.blob_id,
                "size": one.artefact.size,
                "state": one.artefact.state,
                "known": one.known,
                "url": request.build_absolute_uri(one.artefact.get_absolute_url()),
            }
            for one in taken
        ],
    }
    return JsonResponse(told, status=200 if all(one.known for one in taken) else 201)


def _release(token: UploadToken, name: str) -> Release:
    """By reference, version or hash of the build, in the token's project and nowhere else."""
    rows = Release.objects.in_project(token.project).select_related("project")
    ways: list[dict[str, Any]] = [{"reference": name}, {"name": name}]
    ways += [{"build_sha256": name.lower()}] if len(name) == 64 else []
    found = next((row for way in ways if (row := rows.filter(**way).order_by("reference").last())), None)
    if found is None:
        raise Wrong(404, f"{token.project} has no release {name[:64]}: name it by reference, version or build hash.")
    return found


def _form(request: HttpRequest) -> tuple[AboutForm, list[Upload]]:
    """The fields and files of a request."""
    limit = settings.ASSAY_EVIDENCE_MAX_BYTES
    if request.content_type != "multipart/form-data":
        raise Wrong(415, HOW)
    if int(request.META.get("CONTENT_LENGTH") or 0) > limit + 1024 * 1024:
        raise Wrong(413, f"More than {readable_size(limit)} in one request: send the files one by one.")
    try:
        fields, files = request.POST, request.FILES
    except (TooManyFilesSent, TooManyFieldsSent, RequestDataTooBig):
        raise Wrong(413, f"Too many files or fields in one request. {HOW}") from None
    except (MultiPartParserError, UnreadablePostError, SuspiciousOperation):
        raise Wrong(400, f"The request broke off or is no form data. {HOW}") from None
    known = list(AboutForm.base_fields)
    if strange := sorted({*fields} - {*known}) + sorted({*files} - {"file"}):
        raise Wrong(422, f"{strange[0][:40]}: there is no such field. Known: file, {', '.join(known)}.")
    form = AboutForm(fields)
    if not form.is_valid():
        name, problems = next(iter(form.errors.items()))
        raise Wrong(422, f"{name}: {problems[0]}")
    if not (sent := files.getlist("file")):
        raise Wrong(422, f"There is no file in the request. {HOW}")
    return form, [Upload(one, one.name or "file") for one in sent]


def _is_within(token: UploadToken) -> bool:
    """Counted in the shared cache, per token and hour."""
    name = f"upload:{token.pk}:{int(now_read().timestamp()) // SECONDS}"
    cache.add(name, 0, SECONDS)
    return cache.incr(name) <= AN_HOUR


def _refused(status: int, error: str) -> JsonResponse:
    response = JsonResponse({"error": error}, status=status)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response
