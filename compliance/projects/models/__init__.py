"""Organisations, their mobile projects, the people in them and what they may do."""

from compliance.projects.models.checkpoint import CheckpointMailing
from compliance.projects.models.kept import KeptBox
from compliance.projects.models.membership import Invitation, Membership, OrganisationPermission, ProjectPermission
from compliance.projects.models.organisation import Organisation
from compliance.projects.models.project import AppTarget, Project, Release
from compliance.projects.models.rows import OrganisationRow, ProjectRow, ScopedQuerySet, ScopedRow

__all__ = [
    "AppTarget",
    "CheckpointMailing",
    "Invitation",
    "KeptBox",
    "Membership",
    "Organisation",
    "OrganisationPermission",
    "OrganisationRow",
    "Project",
    "ProjectPermission",
    "ProjectRow",
    "Release",
    "ScopedQuerySet",
    "ScopedRow",
]
