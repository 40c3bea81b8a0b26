from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ReleasesConfig(AppConfig):
    name = "compliance.releases"
    label = "releases"
    verbose_name = "Release gates"

    def ready(self) -> None:
        """Find what the rooms above ask at the gates, and which class of change they propose."""
        autodiscover_modules("gate_checks", "class_proposals")
