"""Pages of organisations, projects, releases, people and invitations."""

from compliance.projects.views import home, invitations, members, organisation, project, release

__all__ = ["home", "invitations", "members", "organisation", "project", "release"]
