from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "compliance.tasks"
    label = "tasks"
    verbose_name = "Tasks"
