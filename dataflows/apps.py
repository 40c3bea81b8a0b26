from django.apps import AppConfig


class DataflowsConfig(AppConfig):
    name = "dataflows"
    label = "dataflows"
    verbose_name = "Data flows"

    def ready(self) -> None:
        from dataflows import erasure  # noqa: F401  it listens
