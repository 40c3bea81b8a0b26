from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ProjectsConfig(AppConfig):
    name = "compliance.projects"
    label = "projects"
    verbose_name = "Projects"

    def ready(self) -> None:
        from compliance.projects import overview  # noqa: F401  models must be loaded first

        autodiscover_modules("panels", "search", "moments", "desks")
