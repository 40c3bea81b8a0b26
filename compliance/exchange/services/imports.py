"""From the file to the records: nothing is changed before somebody confirms what they saw, and then all of it."""

from collections.abc import Callable, Mapping
from typing import IO, Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.exchange.models import Import, PreviewLine, State, Verdict
from compliance.exchange.planning import UNCHANGED, Fingerprint, Plan, Planned
from compliance.exchange.registry import Scope, Sheet, sheets
from compliance.exchange.workbook import unpacked_size
from compliance.files import store as files
from compliance.files.models import Blob
from compliance.jobs.models import Job
from compliance.jobs.services import enqueue
from compliance.ledger import Refused, StaleWrite, change, governed, origin
from compliance.projects.access import acting_role
from compliance.projects.models import Organisation, Project

MAX_BYTES = 20 * 1024 * 1024
TYPES = frozenset(
    {
        "text/plain",
        "application/json",
        "application/zip",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
)
PREVIEW, APPLY = "exchange.preview", "exchange.apply"
# Up to here nobody waits for a worker.
SMALL_BYTES, SMALL_UNPACKED, SMALL_ROWS = 64 * 1024, 2 * 1024 * 1024, 100
BATCH = 500
CHANGED_MEANWHILE = (
    "The records have changed since the preview, so this file would do something else now. Nothing was brought in. "
    "Look at the new preview, and confirm that."
)
Report = Callable[[int], object]


class RowRefused(Refused):
    """A room's service refused one row; nothing of the import was kept."""


def receive(
    *,
    sheet: type[Sheet],
    scope: Scope,
    stream: IO[bytes] | Any,
    name: str,
    by: User,
    asked: Mapping[str, str] | None = None,
) -> Import:
    """Keep the file and begin an import of it; earlier ones of the same list and person that wait are discarded."""
    blob = _stored(stream, name)
    project = scope if isinstance(scope, Project) else None
    organisation: Organisation = scope.organisation if isinstance(scope, Project) else scope
    with change(by=by, reason=f"{sheet.title} handed in"):
        waiting = Import.objects.filter(organisation=organisation, project=project, sheet=sheet.key, uploaded_by=by)
        for earlier in waiting.filter(state__in=[State.WAITING, State.READ]):
            discard(item=earlier, by=by)
        item = Import(
            organisation=organisation,
            project=project,
            sheet=sheet.key,
            file_name=name[-150:],
            blob=blob,
            uploaded_by=by,
            uploaded_at=timezone.now(),
            asked=dict(asked or {}),
        )
        item.save()
    return item


def _stored(stream: Any, name: str) -> Blob:
    wide = stream.read(2) in {b"\xff\xfe", b"\xfe\xff"}  # UTF-16, which is text to nobody else here
    stream.seek(0)
    try:
        return files.store(stream, limit=MAX_BYTES, name=name, types=None if wide else TYPES)
    except files.FileRefused as refused:
        if "larger" in str(refused) or "empty" in str(refused):
            raise Refused(str(refused)) from refused
        raise Refused(
            f"{name} is no list Assay can read: hand in a CSV file in UTF-8, or an XLSX workbook."
        ) from refused


def begin(item: Import) -> None:
    """Read a small file now, leave a large one to a worker."""
    with files.open_verified(item.blob) as stream:
        small = item.blob.size <= SMALL_BYTES and unpacked_size(stream) <= SMALL_UNPACKED
    if small:
        preview(item)
    else:
        enqueue(PREVIEW, {"item": str(item.pk)}, by=item.uploaded_by, key=f"{PREVIEW}:{item.pk}")


def preview(item: Import, report: Report = lambda rows: None) -> Import:
    """Write down what the file would do. A file that cannot be read is refused as a whole, with the reason."""
    PreviewLine.objects.filter(of=item).delete()
    counts = dict.fromkeys([UNCHANGED, *Verdict.values], 0)
    seen, note, state = Fingerprint(), "", State.READ
    try:
        with files.open_verified(item.blob) as stream:
            plan = _plan(item, stream)
            note = _remark(plan.strangers)
            _keep(item, plan, counts, seen, report)
    except Refused as refused:
        PreviewLine.objects.filter(of=item).delete()
        counts, note, state = dict.fromkeys(counts, 0), str(refused), State.REFUSED
    item.added, item.changed = counts[Verdict.ADDED], counts[Verdict.CHANGED]
    item.unchanged, item.broken, item.retired = counts[UNCHANGED], counts[Verdict.ERROR], counts[Verdict.RETIRED]
    item.note, item.state, item.plan_sha256 = note, state, seen.hex
    with change(by=item.uploaded_by, reason="File read"):
        item.save()
    return item


def _keep(item: Import, plan: Plan, counts: dict[str, int], seen: Fingerprint, report: Report) -> None:
    batch: list[PreviewLine] = []
    for done, planned in enumerate(plan.rows(), 1):
        counts[planned.verdict] += 1
        seen.add(planned)
        if planned.verdict != UNCHANGED or planned.notes:
            batch.append(_line(item, plan.sheet, planned))
        if len(batch) >= BATCH:
            PreviewLine.objects.bulk_create(batch)
            batch = []
        if done % BATCH == 0:
            report(done)
    PreviewLine.objects.bulk_create(batch)


def _line(item: Import, sheet: Sheet, planned: Planned) -> PreviewLine:
    return PreviewLine(
        of=item,
        number=planned.number,
        verdict=Verdict.NOTED if planned.verdict == UNCHANGED else planned.verdict,
        label=planned.label,
        url=sheet.url(planned.record)[:400] if planned.record else "",
        changes=planned.changes,
        problems=[*planned.problems, *planned.notes],
    )


def _plan(item: Import, stream: IO[bytes]) -> Plan:
    sheet = sheets[item.sheet](item.scope, item.asked)
    return Plan(sheet, sheet.table(stream))


def _remark(strangers: list[str]) -> str:
    return f"Not read, since they are not ours: {', '.join(strangers)[:400]}." if strangers else ""


@governed("Say why the records change: the reason stands with every one of them")
def confirm(*, item: Import, by: User, reason: str) -> Job | None:
    """Bring in what the preview showed: now when it is little, else by the worker whose job is returned."""
    refuse_unless_ready(item)
    if item.effect <= SMALL_ROWS:
        apply_import(item=item, by=by, reason=reason)
        return None
    with change(by=by, reason=reason):
        item.state, item.reason, item.applied_by = State.APPLYING, reason, by
        item.save()
        return enqueue(APPLY, {"item": str(item.pk), "by": str(by.pk)}, by=by, key=f"{APPLY}:{item.pk}")


def refuse_unless_ready(item: Import) -> None:
    """Refuse to bring in what is not read, holds errors, or changes nothing."""
    if item.state != State.READ and not is_stuck(item):
        raise Refused(f"{item.reference} is {item.get_state_display().lower()}: there is nothing to confirm.")
    if item.broken:
        raise Refused(f"{item.broken} rows hold errors. Mend them in the file and hand it in again: all rows or none.")
    if not item.effect:
        raise Refused("The file changes nothing: every row is as it is here.")


@governed("Say why the records change: the reason stands with every one of them")
def apply_import(*, item: Import, by: User, reason: str, hold: Callable[[], object] = lambda: None) -> Import:
    """Change the records as the preview showed, in one transaction, or refuse and change none.

    When the records have moved on since, Refused is raised after a new preview was made.
    """
    role = acting_role(by, item.scope, "edit", sheets[item.sheet].kind)
    if not role:
        raise Refused(f"{by.name} may no longer change this list.")
    try:
        with (
            files.open_verified(item.blob) as stream,
            origin("import", user=by, role=role),
            change(by=by, reason=reason),
        ):
            hold()
            _apply(item, _plan(item, stream), by, reason)
            item.state, item.reason, item.applied_by, item.applied_at = State.APPLIED, reason, by, timezone.now()
            item.save()
            PreviewLine.objects.filter(of=item).delete()
    except (Refused, StaleWrite) as refused:
        item.refresh_from_db()
        preview(item)
        raise refused if isinstance(refused, Refused) else Refused(CHANGED_MEANWHILE) from refused
    return item


def _apply(item: Import, plan: Plan, by: User, reason: str) -> None:
    seen, rows = Fingerprint(), []
    for planned in plan.rows():
        seen.add(planned)
        rows.append(planned)
    if seen.hex != item.plan_sha256:
        raise Refused(CHANGED_MEANWHILE)
    if plan.sheet.apply(rows, by=by, reason=reason):
        return
    fresh = [planned.values for planned in rows if planned.verdict == Verdict.ADDED]
    left = {Verdict.ADDED, Verdict.CHANGED}
    if len(fresh) > 1 and plan.sheet.add_all(fresh, by=by, reason=reason):
        left = {Verdict.CHANGED}
    for planned in rows:
        if planned.verdict not in left:
            continue
        try:
            _apply_row(plan.sheet, planned, by, reason)
        except Refused as refused:
            raise RowRefused(f"Row {planned.number}, {planned.label}: {refused} Nothing was brought in.") from refused


def _apply_row(sheet: Sheet, planned: Planned, by: User, reason: str) -> None:
    if planned.record is None:
        sheet.add(planned.values, by=by, reason=reason)
    else:
        sheet.change(planned.record, planned.values, by=by, reason=reason)


def discard(*, item: Import, by: User, reason: str = "") -> Import:
    """Give an import up; its file is kept with it, what it would have done is not."""
    if item.state not in {State.WAITING, State.READ} and not is_stuck(item):
        raise Refused(f"{item.reference} is {item.get_state_display().lower()}: it cannot be discarded.")
    with change(by=by, reason=reason or "Not brought in"):
        item.state = State.DISCARDED
        item.save()
        PreviewLine.objects.filter(of=item).delete()
    return item


def is_stuck(item: Import) -> bool:
    """Whether its worker gave up half-way: nothing was brought in, and it can be confirmed again or discarded."""
    job = job_of(item)
    return item.state == State.APPLYING and (job is None or not job.is_open)


def job_of(item: Import) -> Job | None:
    """The work going on for an import, or that last failed."""
    keys = [f"{kind}:{item.pk}" for kind in (PREVIEW, APPLY)]
    return Job.objects.filter(kind__in=[PREVIEW, APPLY], key__in=keys).order_by("-requested_at").first()
