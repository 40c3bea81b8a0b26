"""Records of this room for the access matrix."""

from datetime import date

from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.services import request_approval
from compliance.ledger import change
from compliance.projects.models import Membership, Organisation, Project
from compliance.projects.services import plan_release
from compliance.tasks import services
from compliance.tasks.services.calendar import make_calendar
from tests.objects import MATRIX, value, word


def give(scope: Organisation | Project, organisation: Organisation) -> str:
    admin = Membership.objects.admins_of(organisation).first().user
    return services.add_task(scope=scope, title=word(), assignee=admin, due_date=date(2030, 1, 1), by=MATRIX).reference


@value("key", "tasks:approval")
def approval(project: Project) -> str:
    admin = Membership.objects.admins_of(project.organisation).first().user
    release = plan_release(project=project, name=word(), by=MATRIX)
    given = {"facts": {}, "scope": project, "by": admin}
    return str(request_approval(subject=release, purpose="requirements", **given).pk)


@value("secret", "tasks:calendar", names_record=False)
def secret(project: Project) -> str:
    with change(by=MATRIX):
        somebody = User.objects.create_user(f"{word()}@matrix.example", None, name=word())
    return make_calendar(user=somebody, at=timezone.now())


@value("reference", "tasks:project_*")
def project_task(project: Project) -> str:
    return give(project, project.organisation)


@value("reference", "tasks:*")
def organisation_task(project: Project) -> str:
    return give(project.organisation, project.organisation)
