"""What the access matrix puts into the URLs of packs."""

import io
from datetime import date

from compliance.files.store import store
from compliance.ledger import change
from compliance.packs.models import EvidencePack
from compliance.packs.registry import Period
from compliance.packs.services import request_pack
from compliance.projects.models import Organisation, Project
from tests.objects import MATRIX, value


@value("reference", "packs:organisation_*")
def organisation_pack(project: Project) -> str:
    return withdrawn(project.organisation)


@value("reference", "packs:*")
def pack(project: Project) -> str:
    return withdrawn(project)


@value("kind", "packs:*download", names_record=False)
def kind(project: Project) -> str:
    return "pdf"


@value("pack", "packs:verify_pack", names_record=False)
def pack_name(project: Project) -> str:
    return "PK-0001"


def withdrawn(scope: Project | Organisation) -> str:
    """A pack that was issued once, as auditors see no other."""
    made = request_pack(scope=scope, type="isms_27001", period=Period(date(2026, 1, 1), date(2026, 1, 31)), by=MATRIX)
    with change(by=MATRIX):
        made.pdf = made.archive = store(io.BytesIO(b"%PDF-1.7 matrix"), limit=100)
        made.state, made.edition = EvidencePack.State.WITHDRAWN, "1.0"
        made.save()
    return made.reference
