"""The work behind a pack."""

from typing import Any

from compliance.jobs.registry import JobFailed, job_kind
from compliance.jobs.running import Running
from compliance.packs.models import EvidencePack
from compliance.packs.services.pack import KIND


@job_kind(KIND)
def build_pack(running: Running, *, pack: str) -> dict[str, Any]:
    """Build and publish a pack; a second attempt starts over with the fragments the first one left in the cache."""
    # Imported here, because the PDF libraries take seconds to load and only a worker needs them.
    from compliance.packs.builder import build, publish
    from compliance.packs.render.fragment import RenderFailed

    row = EvidencePack.objects.select_related("project", "requested_by").get(pk=pack)
    if row.state != EvidencePack.State.BUILT:
        try:
            built = build(row, running.report)
        except RenderFailed as error:
            raise JobFailed(f"The pack could not be set. {error}.") from error
        publish(running, row, built)
        row.refresh_from_db()
    return {"pack": row.reference, "pages": row.pages, "content": row.content_sha256}
