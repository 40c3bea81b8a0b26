from django.apps import AppConfig


class ArtefactsConfig(AppConfig):
    name = "compliance.artefacts"
    label = "artefacts"
    verbose_name = "Artefacts"
