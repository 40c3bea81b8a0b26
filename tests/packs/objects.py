"""What the access matrix puts into the URLs of packs."""

import io
from datetime import date

from compliance.files.store import store
from compliance.ledger import change
from compliance.packs.models import EvidencePack
from compliance.packs.registry import Period
from compliance.packs.services import request_pack
from compliance.projects.models import Project
from tests.objects import MATRIX, value


@value("reference", "packs:*")
def pack(project: Project) -> str:
    made = request_pack(
        scope=project, type="project_app", period=Period(date(2026, 1, 1), date(2026, 1, 31)), by=MATRIX
    )
    with change(by=MATRIX):
        made.pdf = made.archive = store(io.BytesIO(b"%PDF-1.7 matrix"), limit=100)
        made.state, made.edition = EvidencePack.State.WITHDRAWN, "1.0"  # auditors read what was issued
        made.save()
    return made.reference


@value("kind", "packs:download", names_record=False)
def kind(project: Project) -> str:
    return "pdf"
