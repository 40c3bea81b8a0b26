from django.apps import AppConfig


class DataflowsConfig(AppConfig):
    name = "dataflows"
    label = "dataflows"
    verbose_name = "Data flows"
