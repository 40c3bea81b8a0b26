from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AssessmentsConfig(AppConfig):
    name = "compliance.assessments"
    label = "assessments"
    verbose_name = "Assessments"

    def ready(self) -> None:
        autodiscover_modules("consequences")
