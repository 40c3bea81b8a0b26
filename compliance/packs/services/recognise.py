"""Telling which pack a hash belongs to, and what became of that pack."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from compliance.packs.models import EvidencePack
from compliance.projects.access import roles_in
from compliance.projects.models import Organisation, Project
from compliance.projects.roles import allowed

MOST = 20


@dataclass(frozen=True)
class Recognised:
    """A pack a hash belongs to; `what` is its file in words, `issued` whether it is a file of an issue."""

    pack: EvidencePack
    what: str
    issued: bool


def recognise(digest: str, *, by: Any) -> list[Recognised]:
    """The packs this person may see that have a file, or a content, with this SHA-256."""
    history = EvidencePack.history.filter(Q(pdf_id=digest) | Q(archive_id=digest)).values_list("id", flat=True)
    files = Q(pdf_id=digest) | Q(archive_id=digest) | Q(volumes__blob_id=digest) | Q(content_sha256=digest)
    rows = EvidencePack.objects.filter(files | Q(pk__in=list(history[:MOST]))).distinct().order_by("reference")
    return [_recognised(pack, digest) for pack in _visible(rows[:MOST], by)]


def seen(by: Any, name: str) -> list[EvidencePack]:
    """The packs this person may see under a reference or an id."""
    try:
        found = EvidencePack.objects.filter(pk=UUID(name))
    except ValueError:
        found = EvidencePack.objects.filter(reference__iexact=name)
    return _visible(found.order_by("requested_at"), by)


def _visible(rows: Any, by: Any) -> list[EvidencePack]:
    """Those of `rows` the person may read; auditors only what was issued."""
    shown = []
    for pack in rows.select_related("organisation", "project", "project__organisation", "superseded_by"):
        scope: Organisation | Project = pack.scope
        if not type(scope).objects.visible_to(by).filter(pk=scope.pk).exists():
            continue
        roles = roles_in(by, scope)
        if allowed(roles, "pack", "view") and (pack.is_kept or not roles <= {"auditor"}):
            shown.append(pack)
    return shown


def _recognised(pack: EvidencePack, digest: str) -> Recognised:
    if digest == pack.pdf_id:
        return Recognised(pack, "the PDF", pack.is_kept)
    if digest == pack.archive_id:
        return Recognised(pack, "the ZIP", pack.is_kept)
    volume = pack.volumes.filter(blob_id=digest).first()
    if volume is not None:
        return Recognised(pack, f"volume {volume.number}", volume.of_issue)
    if digest == pack.content_sha256:
        return Recognised(pack, "the content hash", pack.is_kept)
    return Recognised(pack, "a draft", False)
