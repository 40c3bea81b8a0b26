"""The moments a statement of applicability was approved."""

from datetime import datetime

from compliance.approvals.models import Approval
from compliance.projects.models import Organisation, Project
from compliance.projects.moments import moments
from controls.models import StatementVersion


@moments("controls.statements", order=20)
def approved_statements(scope: Organisation | Project) -> list[tuple[str, datetime]]:
    versions = StatementVersion.objects.filter(approval__state=Approval.State.APPROVED)
    own = versions.in_project(scope) if isinstance(scope, Project) else versions.in_organisation(scope).shared()
    newest = own.select_related("approval", "statement").order_by("-approval__decided_at")[:1]
    return [(f"Approval of {version}", version.approval.decided_at) for version in newest]
