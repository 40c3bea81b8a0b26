"""The moments packs were issued."""

from datetime import datetime

from compliance.packs.models import EvidencePack
from compliance.projects.models import Organisation, Project
from compliance.projects.moments import moments


@moments("packs.issues", order=10)
def last_issue(scope: Organisation | Project) -> list[tuple[str, datetime]]:
    newest = EvidencePack.objects.in_scope(scope).filter(issued_at__isnull=False).order_by("-issued_at")[:1]
    return [(f"Issue of {pack.reference}", pack.issued_at) for pack in newest if pack.issued_at]
