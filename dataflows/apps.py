from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DataflowsConfig(AppConfig):
    name = "dataflows"
    label = "dataflows"
    verbose_name = "Data flows"

    def ready(self) -> None:
        """Listen, and find what the rooms above know of an app."""
        from dataflows import erasure  # noqa: F401  it listens

        autodiscover_modules("papers")
