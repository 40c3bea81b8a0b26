"""What an assessment proposes here: risks begun as drafts, and the screening for an impact assessment."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from compliance.accounts.models import User
from compliance.assessments.registry import Made, Stand, consequence
from compliance.projects.models import Project
from dataflows.models import ProcessingActivity
from risks import answer_checks as _checks  # noqa: F401  registered with the rest
from risks.models import ImpactAssessment, Risk, RiskMethod
from risks.scales import data_file, threats
from risks.services.dpia import screen
from risks.services.positions import assess_risk
from risks.services.register import identify_risk

Parameters = dict[str, Any]


def known_threats() -> Mapping[str, str]:
    """What a rule may name: the threat tags, and scenarios of their own."""
    others = {"unseen_breach": "Nobody notices a breach", "worry": "What worries somebody"}
    return {key: f"{key} {one['name']}" for key, one in threats().items()} | others


def risks_stand(project: Project, several: list[Parameters]) -> list[Stand]:
    """An open risk of the same threat, of the project before one of the organisation, is the risk. One query."""
    tags = {str(one["named"]) for one in several} & set(threats())
    titles = [str(one["title"])[:160] for one in several]
    rows = Risk.objects.for_project(project).open().filter(Q(threat__in=tags) | Q(title__in=titles))
    found: dict[str, Risk] = {}
    for row in rows.select_related("project", "organisation").order_by("project_id", "reference"):
        for key in (row.threat, row.title):
            if key and (key not in found or found[key].project_id is None):
                found[key] = row

    def stand(one: Parameters) -> Stand:
        tag = str(one["named"])
        row = found.get(tag) if tag in tags else found.get(str(one["title"])[:160])
        if row is not None:
            return Stand(f"{row.reference} is about it", _made(row))
        hint = f"; first guess {one['likelihood']} × {one['consequence']}" if one.get("likelihood") else ""
        return Stand(f"not on the register yet{hint}")

    return [stand(one) for one in several]


def _made(row: Risk) -> Made:
    """A risk of the whole organisation is named by its reference only: people of one project are guests there."""
    return Made(str(row) if row.project_id else f"{row.reference}, of the organisation", row.get_absolute_url(), row)


@consequence("risk", title="Risks", needs=("edit", "risk"), look=risks_stand, options=known_threats)
def draft_risk(*, project: Project, parameters: Parameters, by: User, reason: str) -> Made:
    """Put it on the register as identified, with a first scenario and the rule's guess as inherent position."""
    stand = risks_stand(project, [parameters])[0]
    if stand.made is not None:
        return stand.made
    row = identify_risk(
        organisation=project.organisation, project=project, by=by, reason=reason, **_scenario(parameters)
    )
    _guess(row, parameters, by, reason)
    return _made(row)


def _scenario(parameters: Parameters) -> dict[str, Any]:
    named, known = str(parameters["named"]), data_file("threat-scenarios.yaml")
    found = known["scenarios"].get(named) or known["others"].get(named) or known["others"]["worry"]
    return {
        "title": str(parameters["title"])[:160],
        "threat": named if named in threats() else "",
        "weakness": found["weak"],
        "source": found["who"],
        "event": found["do"],
        "consequence": found["harm"],
        "risk_source": found["kind"],
        "confidentiality": "C" in found["hits"],
        "integrity": "I" in found["hits"],
        "availability": "A" in found["hits"],
    }


def _guess(row: Risk, parameters: Parameters, by: User, reason: str) -> None:
    """The hint becomes the inherent position where the method in force has such values; somebody scores it anew."""
    method = RiskMethod.objects.in_force(row.organisation)
    likelihood, consequence = int(parameters.get("likelihood", 0)), int(parameters.get("consequence", 0))
    if method is None or not 0 < likelihood <= len(method.likelihoods):
        return
    if not 0 < consequence <= len(method.consequences):
        return
    assess_risk(
        risk=row,
        kind="inherent",
        likelihood=likelihood,
        consequence=consequence,
        rationale=f"First guess of the rules, to be looked at: {reason}",
        by=by,
    )


def screenings_stand(project: Project, several: list[Parameters]) -> list[Stand]:
    """A screening or assessment of the project that is not over is the screening. One query."""
    row = ImpactAssessment.objects.in_project(project).present().order_by("-reference").first()
    found = Stand(f"{row.reference} is there", _screened(row)) if row else Stand("not screened yet")
    return [found for _ in several]


def _screened(row: ImpactAssessment) -> Made:
    return Made(f"{row.reference} {row.title}", row.get_absolute_url(), row)


@consequence(
    "record", of="screening", title="Screening for an impact assessment", needs=("edit", "flow"), look=screenings_stand
)
def begin_screening(*, project: Project, parameters: Parameters, by: User, reason: str) -> Made:
    """Begin the screening of everything the project has records of."""
    stand = screenings_stand(project, [parameters])[0]
    if stand.made is not None:
        return stand.made
    records = list(ProcessingActivity.objects.in_project(project).present().order_by("reference"))
    return _screened(
        screen(scope=project, title=f"{project.name}: screening", activities=records, by=by, reason=reason)
    )
