"""The WSGI entry point of the web process; it does not start on a database whose history guard is incomplete."""

import gc
import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compliance.settings")

application = get_wsgi_application()
call_command("check", databases=["default"])

# What stands after the start stays: the collector need not look through it again during every other page.
get_resolver().url_patterns  # noqa: B018  imports every view
gc.collect()
gc.freeze()
gc.set_threshold(5000, 20, 20)
