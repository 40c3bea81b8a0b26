from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PacksConfig(AppConfig):
    name = "compliance.packs"
    label = "packs"
    verbose_name = "Packs"

    def ready(self) -> None:
        """Find what the apps above print and check."""
        from compliance.packs import checkpoints, disclosures, pack_reminders, worker  # noqa: F401  they register their hooks

        autodiscover_modules("pack_sections", "preflight")
