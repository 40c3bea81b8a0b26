"""Records of this room for the access matrix."""

from compliance.assessments.models import Assessment, RuleChange
from compliance.assessments.services import propose_rule, start_assessment
from compliance.projects.models import Membership, Project
from tests.objects import value


def begun(project: Project) -> Assessment:
    """The open assessment of a project; there is never a second one."""
    found = Assessment.objects.in_project(project).open().first()
    admin = Membership.objects.admins_of(project.organisation).first().user
    return found or start_assessment(project=project, by=admin)


@value("reference", "assessments:rule_decide")
def changed_rule(project: Project) -> str:
    admin = Membership.objects.admins_of(project.organisation).first().user
    found = RuleChange.objects.in_organisation(project.organisation).waiting().first()
    row = found or propose_rule(organisation=project.organisation, rule="R08b", by=admin, reason="Not ours", off=True)
    return row.reference


@value("rule", "assessments:*", names_record=False)
def rule(project: Project) -> str:
    return "R08a"


@value("reference", "assessments:*")
def assessment(project: Project) -> str:
    return begun(project).reference


@value("step", "assessments:step", names_record=False)
def step(project: Project) -> str:
    return "app"


@value("question", "assessments:*", names_record=False)
def question(project: Project) -> str:
    return "Q01"
