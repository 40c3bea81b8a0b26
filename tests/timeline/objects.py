"""Records of this room for the access matrix."""

from compliance.ledger.models import Entry
from compliance.projects import services
from compliance.projects.models import Project
from tests.objects import MATRIX, value, word


@value("model", "timeline:*", names_record=False)
def model(project: Project) -> str:
    return "projects.release"


@value("record", "timeline:*")
def record(project: Project) -> object:
    return services.plan_release(project=project, name=word(), by=MATRIX).pk


@value("change_set", "timeline:*")
def change_set(project: Project) -> object:
    release = services.plan_release(project=project, name=word(), by=MATRIX)
    return Entry.objects.of(release).get().change_set
