from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class RegistersConfig(AppConfig):
    name = "compliance.registers"
    label = "registers"
    verbose_name = "Registers"

    def ready(self) -> None:
        """Find what the apps above declare, before packs ask what there is to print."""
        autodiscover_modules("registers")
