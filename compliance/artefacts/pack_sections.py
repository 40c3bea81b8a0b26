"""What packs print of artefacts: every file with its hash, build, tool and sender; those that count come along."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from compliance.artefacts.models import Artefact, State
from compliance.files.models import Blob
from compliance.ledger import as_of
from compliance.packs.pack_sections import projects_at
from compliance.packs.registry import Citation, Exhibit, Period, day, section
from compliance.projects.models import Organisation, Project, Release

Scope = Organisation | Project
CLAUSE = "ISO/IEC 27001 A.8.29"
LARGEST = 20 * 1024 * 1024


@section(
    "artefacts",
    "Artefacts",
    112,
    "artefacts/pack/artefacts.html",
    types=("project_app", "release"),
    wide=True,
)
def artefacts(scope: Scope, at: datetime, period: Period, subject: str = "") -> Mapping[str, Any]:
    """The files of each release as they stood; those that counted are exhibits, large apps by name and hash only."""
    streams = [project.stream for project in projects_at(scope, at)]
    found = as_of(Release, at, stream=streams)
    if subject.startswith(f"{Release.reference_prefix}-"):
        found = found.filter(reference=subject)
    releases = {one.pk: one for one in found.order_by("-planned_date", "-reference").instances()}
    rows = (
        as_of(Artefact, at, stream=streams).filter(release_id__in=list(releases)).order_by("uploaded_at", "reference")
    )
    told = rows.instances("uploaded_by", "token")
    blobs = Blob.objects.in_bulk({one.blob_id for one in told})
    grouped = [(release, [one for one in told if one.release_id == key]) for key, release in releases.items()]
    return {
        "releases": [_release(release, mine) for release, mine in grouped if mine],
        "registers": {"artefacts.csv": [{"release": releases[one.release_id].name, **_row(one)} for one in told]},
        "exhibits": [_exhibit(one, blobs.get(one.blob_id)) for one in told if one.state == State.READ],
        "citations": [Citation(CLAUSE, one.reference, one.called) for one in told if one.state == State.READ],
    }


def _release(release: Release, rows: list[Artefact]) -> dict[str, Any]:
    counting = [one for one in rows if one.state == State.READ]
    return {
        "reference": release.reference,
        "version": release.name,
        "build": release.build_sha256,
        "rows": [_row(one) for one in counting],
        "others": [_row(one) for one in rows if one.state != State.READ],
    }


def _row(one: Artefact) -> dict[str, Any]:
    return {
        "reference": one.reference,
        "what": one.called,
        "platform": one.get_platform_display(),
        "file": one.file_name,
        "sha256": one.blob_id,
        "size": one.size,
        "build": one.build_hash,
        "commit": one.commit,
        "tool": f"{one.tool} {one.tool_version}".strip(),
        "by": one.sender,
        "source": one.get_source_display(),
        "at": one.uploaded_at,
        "state": one.state,
        "message": one.message,
        "facts": one.total,
        "remarks": " ".join(one.remarks),
    }


def _exhibit(one: Artefact, blob: Blob | None) -> Exhibit:
    """A whole app stays at home: it is named and hashed."""
    return Exhibit(
        reference=one.reference,
        title=f"{one.called}, build {one.build_hash[:12]}" if one.build_hash else one.called,
        sha256=one.blob_id,
        size=one.size,
        content_type=blob.content_type if blob else "",
        file_name=one.file_name,
        collected=day(one.uploaded_at.date()),
        verdict="read",
        withheld=one.size > LARGEST,
    )
