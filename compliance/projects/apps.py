from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "compliance.projects"
    label = "projects"
    verbose_name = "Projects"
