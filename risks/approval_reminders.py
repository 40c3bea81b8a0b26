"""What of this room waits for somebody else's decision without a request of its own: acceptances, threat models."""

from datetime import datetime

from django.db.models import F
from django.db.models.functions import Now, TruncDate

from compliance.approvals.registry import DAYS
from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Dues, days_after, reminder, said
from compliance.ui.addresses import filled
from risks.models import RiskAcceptance, ThreatModel
from risks.models.threat_model import ThreatModelState

Scope = Organisation | Project


@reminder("acceptances-asked", kind="acceptance")
def acceptances(scope: Scope, at: datetime) -> Dues:
    """Risks somebody asks to accept, or plans to approve."""
    rows = RiskAcceptance.objects.kept_in(scope).filter(state=RiskAcceptance.State.REQUESTED)
    rows = rows.annotate(due=days_after("requested_at", DAYS))
    title = said("Decide about ", F("risk__reference"), " ", F("risk__title"))
    where = "risk__project__slug"
    return Dues(
        rows, "due", title, _risk, key="risk__reference", where=where, approvers="acceptance", but="requested_by"
    )


@reminder("threat-models-asked", kind="risk")
def threat_models(scope: Scope, at: datetime) -> Dues:
    """Threat models put before somebody who did not draw them; they wait from now on."""
    rows = ThreatModel.objects.kept_in(scope).filter(state=ThreatModelState.IN_REVIEW).annotate(due=TruncDate(Now()))
    title = said("Approve ", F("reference"), " ", F("title"))
    return Dues(rows, "due", title, _model, where="project__slug", approvers="risk", but="author")


def _risk(scope: Scope, where: str, key: str) -> str:
    return filled("risks:risk", where, key) if where else filled("risks:organisation_risk", scope.slug, key)


def _model(scope: Scope, where: str, key: str) -> str:
    return filled("risks:threat_model", where or scope.slug, key)
