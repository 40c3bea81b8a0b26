from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "compliance.ui"
    label = "ui"
    verbose_name = "Interface"
