from django.apps import AppConfig


class PacksConfig(AppConfig):
    name = "compliance.packs"
    label = "packs"
    verbose_name = "Packs"
