"""Packs in any state without the work of building them."""

import io
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from compliance.accounts.reauthentication import Proof
from compliance.files.store import store
from compliance.ledger import change
from compliance.packs import registry, services
from compliance.packs.models import EvidencePack, State
from compliance.packs.preflight import assess
from compliance.packs.registry import Period
from compliance.packs.services.findings import as_data

PERIOD = Period(date(2026, 1, 1), date(2026, 6, 30))


def proof() -> Proof:
    """Somebody who typed their password just now."""
    return Proof("password", datetime.now(UTC))


def draft(scope: Any, by: Any, **more: Any) -> EvidencePack:
    """A pack that looks built."""
    wanted = {"type": "isms_27001", "period": PERIOD, "profile": "auditor", **more}
    pack = services.request_pack(scope=scope, by=by, **wanted)
    with change(by="packs"):
        pack.state, pack.content_sha256 = State.BUILT, sha256(pack.reference.encode()).hexdigest()
        pack.pdf = store(io.BytesIO(f"%PDF-1.7 {pack.pk}".encode()), limit=100)
        pack.archive = store(io.BytesIO(f"%PDF-1.7 {pack.pk} ZIP".encode()), limit=100)
        results = assess(scope, pack.as_at, pack.period, type=pack.type, profile=pack.profile)
        pack.preflight = as_data(one for one in results if one.check in registry.checks)
        pack.save()
    return pack


def approved(scope: Any, people: list[Any], **more: Any) -> EvidencePack:
    """A draft with every name under it; `people` prepare, review and approve."""
    pack = draft(scope, people[0], **more)
    for step, person in zip(services.steps_of(pack), people, strict=False):
        services.sign(pack=pack, step=step, by=person, proof=proof())
    return pack


def issued(scope: Any, people: list[Any], edition: str = "1.0", **more: Any) -> EvidencePack:
    """An approved pack, published as the job would."""
    from compliance.jobs.models import Job
    from compliance.packs.services.issue import keep_issue

    pack = approved(scope, people, **more)
    told = {"by": str(people[-1].pk), "reason": "Audit in June.", "role": "", "edition": edition}
    pdf = store(io.BytesIO(f"%PDF-1.7 {pack.pk} issued".encode()), limit=100)
    archive = store(io.BytesIO(f"%PDF-1.7 {pack.pk} issued ZIP".encode()), limit=100)
    keep_issue(pack, Job(arguments=told), {"issued_at": datetime.now(UTC)}, pdf, archive)
    return pack
