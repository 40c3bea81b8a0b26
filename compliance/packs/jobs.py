"""The work behind a pack: building the draft, and making the files of the issue from the same content."""

import json
import zipfile
from datetime import datetime
from typing import Any

from compliance.accounts.models import User
from compliance.jobs.registry import JobFailed, job_kind
from compliance.jobs.running import Running
from compliance.ledger import Refused
from compliance.packs.models import EvidencePack, State
from compliance.packs.services.findings import as_data
from compliance.packs.services.issue import as_issued, keep_issue, refuse_other_content
from compliance.packs.services.pack import ISSUE, KIND


@job_kind(KIND)
def build_pack(running: Running, *, pack: str) -> dict[str, Any]:
    """Build and publish a draft; a second attempt starts over with the fragments the first one left in the cache."""
    # Imported here, because the PDF libraries take seconds to load and only a worker needs them.
    from compliance.packs.builder import build, publish
    from compliance.packs.render.fragment import RenderFailed

    row = _row(pack)
    if row.state == State.DISCARDED:
        raise JobFailed("It was discarded.")
    if row.state == State.REQUESTED:
        try:
            built = build(row, running.report)
        except RenderFailed as error:
            raise JobFailed(f"The pack could not be set. {error}.") from error
        publish(running, row, built)
        row.refresh_from_db()
    return {"pack": row.reference, "pages": row.pages, "content": row.content_sha256}


@job_kind(ISSUE)
def issue_pack(
    running: Running, *, pack: str, by: str, role: str, reason: str, edition: str, at: str
) -> dict[str, Any]:
    """Make the files of an issue: the approved content, without the mark of a draft, with the names under it."""
    from compliance.packs.builder import Built, build, publish
    from compliance.packs.render.fragment import RenderFailed
    from compliance.packs.verification import refuse_doubtful

    row = _row(pack)
    moment = datetime.fromisoformat(at)
    if row.state != State.ISSUED:
        approved = row.content_sha256
        try:
            as_issued(row, by=User.objects.get(pk=by), reason=reason, edition=edition, at=moment)
            built = build(row, running.report)
        except (Refused, RenderFailed) as error:
            raise JobFailed(f"It was not issued. {error}") from error
        stored = _row(pack)
        differs = [] if built.contents.hash == approved else _differences(stored, built.contents.canonical)
        refuse_other_content(stored, built.contents.hash, differs, built.contents.findings)
        running.report("Checking the files as their reader will", 96)
        refuse_doubtful(built.pdf, built.archive)

        def keep(fresh: EvidencePack, made: Built, pdf: Any, archive: Any) -> None:
            told = {"pages": made.pages, "preflight": as_data(made.contents.results)}
            keep_issue(fresh, running.job, {**told, "issued_at": moment}, pdf, archive)

        try:
            publish(running, row, built, keep)
        except Refused as error:
            raise JobFailed(f"It was not issued. {error}") from error
        row = _row(pack)
    return {"pack": row.reference, "edition": row.edition, "content": row.content_sha256}


def _row(key: str) -> EvidencePack:
    related = ("organisation", "project", "project__organisation", "requested_by", "archive")
    return EvidencePack.objects.select_related(*related).get(pk=key)


def _differences(pack: EvidencePack, canonical: bytes) -> list[str]:
    """The titles of the parts that read otherwise than in the draft that was approved."""
    if pack.archive is None:
        return []
    try:
        with zipfile.ZipFile(pack.archive.path) as draft:
            old = json.loads(draft.read("content.json"))
    except (OSError, KeyError, zipfile.BadZipFile):
        return []
    new = json.loads(canonical)
    before = {one["key"]: one for one in old.pop("sections", [])}
    after = {one["key"]: one for one in new.pop("sections", [])}
    parts = [one["title"] for key, one in {**before, **after}.items() if before.get(key) != after.get(key)]
    return [*parts, *(name for name in {**old, **new} if old.get(name) != new.get(name))]
