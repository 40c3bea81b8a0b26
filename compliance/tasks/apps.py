from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class TasksConfig(AppConfig):
    name = "compliance.tasks"
    label = "tasks"
    verbose_name = "Tasks"

    def ready(self) -> None:
        autodiscover_modules("approvables")
        autodiscover_modules("reminders")
