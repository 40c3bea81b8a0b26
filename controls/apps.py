from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ControlsConfig(AppConfig):
    name = "controls"
    label = "controls"
    verbose_name = "Controls"

    def ready(self) -> None:
        from controls.audited import inputs as _audited  # noqa: F401  they register what they know
        from controls.documented import claims, frozen, inputs, keepers  # noqa: F401  they register what they know

        autodiscover_modules("claims", "failures", "frozen", "independence", "review_inputs")
