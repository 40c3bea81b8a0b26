"""What waits for somebody's approval, of every room that puts records forward (compliance.approvals)."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Case, CharField, F, Value, When
from django.db.models.functions import Cast

from compliance.approvals.models import Approval
from compliance.approvals.registry import DAYS, approvables
from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Dues, days_after, reminder, said
from compliance.ui.addresses import filled

Scope = Organisation | Project


def _waiting(kind: str) -> Callable[[Scope, datetime], Dues]:
    known = [one for one in approvables if one.kind == kind]
    words = [When(subject_model=one.model, then=Value(one.noun)) for one in known]

    def waiting(scope: Scope, at: datetime) -> Dues:
        rows = Approval.objects.kept_in(scope).waiting().filter(subject_model__in=[one.model for one in known])
        title = said("Approve ", Case(*words, default=Value(""), output_field=CharField()), " ", F("subject_reference"))
        due = rows.annotate(due=days_after("requested_at", DAYS))
        key = Cast("pk", CharField())
        return Dues(due, "due", title, _page, key=key, approvers=kind, but="requested_by")

    return waiting


for kind in sorted({one.kind for one in approvables}):
    reminder(f"approvals-{kind}", kind=kind)(_waiting(kind))


def _page(scope: Scope, where: str, key: str) -> str:
    house = scope.organisation if isinstance(scope, Project) else scope
    return filled("tasks:approval", house.slug, key)
