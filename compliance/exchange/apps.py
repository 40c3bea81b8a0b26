from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ExchangeConfig(AppConfig):
    name = "compliance.exchange"
    label = "exchange"
    verbose_name = "Import and export"

    def ready(self) -> None:
        """Find the sheets of the rooms above."""
        autodiscover_modules("sheets")
