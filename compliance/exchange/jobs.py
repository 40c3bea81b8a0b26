"""Reading and bringing in large files, beside the web."""

from typing import Any

from compliance.accounts.models import User
from compliance.exchange.models import Import, State
from compliance.exchange.services.imports import APPLY, PREVIEW, apply_import, preview
from compliance.jobs.registry import JobFailed, job_kind
from compliance.jobs.running import Running
from compliance.ledger import Refused


@job_kind(PREVIEW)
def preview_import(running: Running, *, item: str) -> dict[str, Any]:
    """Read a file; it says how many rows it has read, since nobody knows how many there are."""
    row = _row(item)
    if row.state == State.WAITING:
        preview(row, lambda rows: running.report(f"{rows:,} rows read", min(rows // 100, 95)))
    return {"import": row.reference, "state": row.state}


@job_kind(APPLY)
def bring_in(running: Running, *, item: str, by: str) -> dict[str, Any]:
    """Change the records as confirmed, all of them in one transaction that the lease guards."""
    row = _row(item)
    if row.state == State.APPLYING:
        running.report(f"Bringing in {row.effect:,} rows", 10)
        try:
            apply_import(item=row, by=User.objects.get(pk=by), reason=row.reason, hold=running.hold)
        except Refused as refused:
            raise JobFailed(str(refused)) from refused
    return {"import": row.reference, "state": row.state}


def _row(key: str) -> Import:
    related = ("organisation", "project", "project__organisation", "uploaded_by", "blob")
    return Import.objects.select_related(*related).get(pk=key)
