"""The WSGI entry point of the web process; it does not start on a database whose history guard is incomplete."""

import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compliance.settings")

application = get_wsgi_application()
call_command("check", databases=["default"])
