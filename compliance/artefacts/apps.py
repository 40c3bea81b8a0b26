from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ArtefactsConfig(AppConfig):
    name = "compliance.artefacts"
    label = "artefacts"
    verbose_name = "Artefacts"

    def ready(self) -> None:
        """Find who is told when artefacts change."""
        autodiscover_modules("observers")
