"""What the access matrix puts into URLs of gates."""

from compliance.projects import services
from compliance.projects.models import Project
from tests.objects import MATRIX, value, word


@value("reference", "releases:*")
def release(project: Project) -> str:
    return services.plan_release(project=project, name=word(), by=MATRIX).reference


@value("gate", "releases:*", names_record=False)
def gate(project: Project) -> str:
    return "G3"
