"""Pages of organisations and projects."""

from compliance.projects.views.home import health, home, organisation, project, projects

__all__ = ["health", "home", "organisation", "project", "projects"]
