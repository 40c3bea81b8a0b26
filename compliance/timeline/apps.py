from django.apps import AppConfig


class TimelineConfig(AppConfig):
    name = "compliance.timeline"
    label = "timeline"
    verbose_name = "Timeline"
