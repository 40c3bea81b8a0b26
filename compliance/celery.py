"""Celery only wakes workers; what there is to do stands in the database (compliance.jobs)."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compliance.settings")

app = Celery("assay")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def check_guard(**kwargs: Any) -> None:
    """A worker does not start on a database whose history guard is incomplete."""
    call_command("check", databases=["default"])
