"""The build server hands in what two builds say of themselves; a product owner adds the labels of the stores."""

import io
from functools import partial

from compliance.accounts.models import User
from compliance.artefacts.models import Artefact, UploadToken
from compliance.artefacts.services import About, make_token, note_use, read_artefact, receive_artefacts, told
from compliance.files.uploads import Upload
from compliance.ledger import origin
from compliance.projects.models import Release
from dataflows.models import Drift, DriftState
from dataflows.services.drift import accept_drift
from risks.demo.builds import SCRIPT, build_hash, by_hand, from_pipeline, is_new
from risks.demo.stage import Stage

KEPT = "upload token"


def set_scenes(stage: Stage) -> None:
    """A token first; then each build on its day."""
    stage.on(SCRIPT["token"]["day"], partial(_open, stage), 9)
    for version, day in SCRIPT["days"].items():
        stage.on(day, partial(_hand_in, stage, version), 6)


def _open(stage: Stage) -> None:
    by, project = stage.person("Nair"), stage.project("S")
    token, _ = make_token(project=project, label=SCRIPT["token"]["label"], days=366, by=by, reason="Artefacts by CI")
    stage.keep(KEPT, token)


def _hand_in(stage: Stage, version: str) -> None:
    release: Release = stage.get(version)
    token: UploadToken = stage.get(KEPT)
    about = About(commit=SCRIPT["commits"][version], build_hash=build_hash(version), generated_at=stage.moment(-9, 5))
    with origin("api"):
        _take(release, from_pipeline(version), token, about)
        note_use(token=token, told=f"201 for {version}")
    if is_new(version):
        _take(release, by_hand(), stage.person("Haddad"), About())
    told(release)
    for rule, facts in SCRIPT["decided"].get(version, {}).items():
        until = stage.date(SCRIPT["days"][version] + facts["days"])
        for one in Drift.objects.filter(release=release, rule=rule, state=DriftState.OPEN):
            accept_drift(drift=one, fix=facts["fix"], until=until, by=stage.person("Ilves"), reason=facts["why"])


def _take(release: Release, files: dict[str, bytes], by: User | UploadToken, about: About) -> None:
    uploads = [Upload(io.BytesIO(data), name) for name, data in files.items()]
    for one in receive_artefacts(release=release, uploads=uploads, by=by, about=about):
        row = Artefact.objects.select_related("blob", "release").get(pk=one.artefact.pk)
        read_artefact(artefact=row)
