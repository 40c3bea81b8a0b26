"""What one does with organisations, projects, releases, roles and invitations."""

from compliance.projects.services.checkpoint import ask_for_checkpoint, mail_checkpoints
from compliance.projects.services.invitation import (
    InvitationOver,
    OtherAccount,
    accept_invitation,
    find_invitation,
    invite,
    mail_invitation,
    withdraw_invitation,
)
from compliance.projects.services.membership import (
    LastAdmin,
    NoTimeWindow,
    NotYourOwnRole,
    end_membership,
    expire,
    grant_role,
    role_conflicts,
    sync_permissions,
)
from compliance.projects.services.organisation import (
    create_organisation,
    create_project,
    update_organisation,
    update_project,
)
from compliance.projects.services.people import deactivate_person, reactivate_person
from compliance.projects.services.release import (
    NotPlanned,
    add_app_target,
    plan_release,
    publish_release,
    update_app_target,
    update_release,
    withdraw_release,
)

__all__ = [
    "InvitationOver",
    "LastAdmin",
    "NoTimeWindow",
    "NotPlanned",
    "NotYourOwnRole",
    "OtherAccount",
    "accept_invitation",
    "add_app_target",
    "ask_for_checkpoint",
    "create_organisation",
    "create_project",
    "deactivate_person",
    "end_membership",
    "expire",
    "find_invitation",
    "grant_role",
    "invite",
    "mail_checkpoints",
    "mail_invitation",
    "plan_release",
    "publish_release",
    "reactivate_person",
    "role_conflicts",
    "sync_permissions",
    "update_app_target",
    "update_organisation",
    "update_project",
    "update_release",
    "withdraw_invitation",
    "withdraw_release",
]
