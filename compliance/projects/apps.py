from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ProjectsConfig(AppConfig):
    name = "compliance.projects"
    label = "projects"
    verbose_name = "Projects"

    def ready(self) -> None:
        autodiscover_modules("panels")
