"""Who wrote a record, so that they do not decide about it."""

from compliance.accounts.models import User
from compliance.approvals.models import Approval
from compliance.ledger.models import Entry, TrackedBase


def writers_of(row: TrackedBase) -> tuple[User, ...]:
    """Everybody who wrote the record in any other way than by deciding about it. Three queries."""
    decided = Approval.objects.filter(subject_model=row._meta.label_lower, subject_id=row.pk)
    label = Approval._meta.label_lower
    decisions = Entry.objects.filter(model=label, object_id__in=list(decided.values_list("pk", flat=True)), type="~")
    sets = set(decisions.values_list("change_set", flat=True))
    written = Entry.objects.of(row).exclude(change_set__in=sets)  # type: ignore[arg-type]
    actors = {actor.partition(":")[2] for actor in written.values_list("actor", flat=True) if actor.startswith("user:")}
    return tuple(User.objects.filter(pk__in=actors))
