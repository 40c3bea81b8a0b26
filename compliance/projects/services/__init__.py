"""What one does with organisations, projects, releases and memberships."""

from compliance.projects.services.membership import NotYourOwnRole, end_membership, grant_role
from compliance.projects.services.organisation import (
    add_app_target,
    create_organisation,
    create_project,
    plan_release,
    publish_release,
    update_organisation,
    update_project,
)

__all__ = [
    "NotYourOwnRole",
    "add_app_target",
    "create_organisation",
    "create_project",
    "end_membership",
    "grant_role",
    "plan_release",
    "publish_release",
    "update_organisation",
    "update_project",
]
