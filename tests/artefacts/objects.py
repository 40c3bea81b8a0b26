"""What the access matrix puts into URLs of artefacts."""

import io
from uuid import UUID

from compliance.artefacts.models import Artefact
from compliance.artefacts.services import make_token, receive_artefacts
from compliance.files.uploads import Upload
from compliance.projects.models import Project, Release
from compliance.projects.services import plan_release
from tests.objects import MATRIX, value, word


def planned(project: Project) -> Release:
    found = Release.objects.in_project(project).filter(name="matrix").first()
    return found or plan_release(project=project, name="matrix", by=MATRIX)


@value("reference", "artefacts:artefact*")
def release(project: Project) -> str:
    return planned(project).reference


@value("artefact", "artefacts:artefact*")
def artefact(project: Project) -> str:
    token, _ = make_token(project=project, label=word(), by=MATRIX)  # type: ignore[arg-type]
    upload = Upload(io.BytesIO(word().encode()), "notes.txt")
    [taken] = receive_artefacts(release=planned(project), uploads=[upload], by=token)
    return Artefact.objects.get(pk=taken.artefact.pk).reference


@value("reference", "artefacts:token_revoke")
def token(project: Project) -> str:
    return make_token(project=project, label=word(), by=MATRIX)[0].reference  # type: ignore[arg-type]


@value("release", "artefacts:api", names_record=False)
def named(project: Project) -> str:
    return "4.2.0"


@value("upload", "artefacts:upload", names_record=False)
def upload(project: Project) -> UUID:
    """Another person's upload is as if it were not there."""
    return UUID(int=7)


@value("reference", "controls:artefact_keep")
def kept(project: Project) -> str:
    return artefact(project)
