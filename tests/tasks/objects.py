"""Records of this room for the access matrix."""

from datetime import date

from compliance.projects.models import Membership, Organisation, Project
from compliance.tasks import services
from tests.objects import MATRIX, value, word


def give(scope: Organisation | Project, organisation: Organisation) -> str:
    admin = Membership.objects.admins_of(organisation).first().user
    return services.add_task(scope=scope, title=word(), assignee=admin, due_date=date(2030, 1, 1), by=MATRIX).reference


@value("key", "tasks:approval", names_record=False)
@value("secret", "tasks:calendar", names_record=False)
def nobodys(project: Project) -> str:
    return "6f1b7f0c-0000-4000-8000-000000000000"


@value("reference", "tasks:project_*")
def project_task(project: Project) -> str:
    return give(project, project.organisation)


@value("reference", "tasks:*")
def organisation_task(project: Project) -> str:
    return give(project.organisation, project.organisation)
