from django.urls import path

from compliance.artefacts.views import api, artefact, token

app_name = "artefacts"

PROJECT = "projects/<slug:project>/"
RELEASE = f"{PROJECT}releases/<str:reference>/artefacts/"
ONE = f"{RELEASE}<str:artefact>/"
urlpatterns = [
    path("api/releases/<str:release>/artefacts/", api.api, name="api"),
    path(f"{PROJECT}upload-tokens/", token.tokens, name="tokens"),
    path(f"{PROJECT}upload-tokens/<str:reference>/revoke/", token.token_revoke, name="token_revoke"),
    path(f"{PROJECT}artefact-uploads/", artefact.uploads, name="uploads"),
    path(f"{PROJECT}artefact-uploads/<uuid:upload>/", artefact.upload, name="upload"),
    path(RELEASE, artefact.artefacts, name="artefacts"),
    path(f"{RELEASE}add/", artefact.artefact_add, name="artefact_add"),
    path(ONE, artefact.artefact, name="artefact"),
    path(f"{ONE}file/", artefact.artefact_file, name="artefact_file"),
    path(f"{ONE}remove/", artefact.artefact_remove, name="artefact_remove"),
    path(f"{ONE}again/", artefact.artefact_again, name="artefact_again"),
]
