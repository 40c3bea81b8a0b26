from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "compliance.jobs"
    label = "jobs"
    verbose_name = "Jobs"

    def ready(self) -> None:
        """Find the kinds of work the apps above bring."""
        autodiscover_modules("jobs")
