"""Records of this room for the access matrix."""

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects import services
from compliance.projects.models import Membership, Project
from tests.objects import MATRIX, value, word


@value("reference", "projects:release", "projects:release_*")
def release(project: Project) -> str:
    return services.plan_release(project=project, name=word(), by=MATRIX).reference


@value("reference", "projects:target_edit")
def target(project: Project) -> str:
    details = {"platform": "ios", "store": "App Store", "app_id": f"com.example.{word()}"}
    return services.add_app_target(project=project, by=MATRIX, **details).reference


@value("reference", "projects:invitation_withdraw")
def invitation(project: Project) -> str:
    admin = Membership.objects.admins_of(project.organisation).first().user
    made, _ = services.invite(email=f"{word()}@matrix.example", name="New", role="contributor", scope=project, by=admin)
    return made.reference


@value("membership", "projects:*")
def membership(project: Project) -> object:
    with change(by=MATRIX):
        user = User.objects.create_user(f"{word()}@matrix.example", None, name="Member")
    return services.grant_role(user=user, role="contributor", scope=project, by=MATRIX).pk


@value("token", "projects:invitation", names_record=False)
def token(project: Project) -> str:
    return "no-such-token"
