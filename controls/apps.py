from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ControlsConfig(AppConfig):
    name = "controls"
    label = "controls"
    verbose_name = "Controls"

    def ready(self) -> None:
        autodiscover_modules("claims", "failures", "frozen", "review_inputs")
