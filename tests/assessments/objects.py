"""Records of this room for the access matrix."""

from compliance.assessments.models import Assessment
from compliance.assessments.services import start_assessment
from compliance.projects.models import Membership, Project
from tests.objects import value


def begun(project: Project) -> Assessment:
    """The open assessment of a project; there is never a second one."""
    found = Assessment.objects.in_project(project).open().first()
    admin = Membership.objects.admins_of(project.organisation).first().user
    return found or start_assessment(project=project, by=admin)


@value("reference", "assessments:*")
def assessment(project: Project) -> str:
    return begun(project).reference


@value("step", "assessments:step", names_record=False)
def step(project: Project) -> str:
    return "app"


@value("question", "assessments:*", names_record=False)
def question(project: Project) -> str:
    return "Q01"
