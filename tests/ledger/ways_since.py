"""Ways round the history opened since by what was built since: erasing, sign-ins, exports."""

from typing import Any

from compliance.accounts.models import User
from compliance.accounts.sign_ins import record_sign_in
from compliance.files.models import Disclosure
from compliance.ledger import change
from compliance.ledger.models import ERASED, Redaction
from compliance.projects.models import AppTarget
from tests.ledger.ways import plain, way


@way("a history row erased without a redaction", "refused")
def _(target: AppTarget, by: User) -> None:
    AppTarget.history.filter(id=target.pk).update(store=ERASED)


@way("a redaction written by raw SQL, without history", "refused")
def _(target: AppTarget, by: User) -> None:
    row = AppTarget.history.get(id=target.pk)
    plain(Redaction).bulk_create([licence(row)])


@way("a redaction that names a row and erases nothing", "refused")
def _(target: AppTarget, by: User) -> None:
    with change(by=by, reason="Ticket 118 of May"):
        licence(AppTarget.history.get(id=target.pk)).save()


@way("a redaction that keeps the salt", "refused")
def _(target: AppTarget, by: User) -> None:
    row = AppTarget.history.get(id=target.pk)
    with change(by=by, reason="Ticket 118 of May"):
        licence(row).save()
        AppTarget.history.filter(history_id=row.history_id).update(store=ERASED)


@way("a sign-in changed afterwards", "refused")
def _(target: AppTarget, by: User) -> None:
    found = record_sign_in(user=by, event="signed_in", by=by)
    with change(by=by):
        found.event = "signed_out"
        found.save()


@way("a sign-in deleted", "refused")
def _(target: AppTarget, by: User) -> None:
    found = record_sign_in(user=by, event="signed_in", by=by)
    with change(by=by):
        found.delete()


@way("an export written past the history", "refused")
def _(target: AppTarget, by: User) -> None:
    with change(by=by):
        plain(Disclosure).bulk_create([Disclosure(organisation=target.project.organisation, name="x", page="x")])


def licence(row: Any) -> Redaction:
    """A redaction of the store of one history row."""
    return Redaction(
        version=1,
        stream_key=row.entry_stream,
        model="projects.apptarget",
        object_id=row.id,
        field="store",
        ground="art17_1_a",
        reason="Ticket 118 of May",
        history_ids=[row.history_id],
    )
