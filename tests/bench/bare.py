"""What pages are measured against: one row by its key and a small template, on the same server without middleware."""

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.template import Template, engines
from django.urls import path

PAGE = "<!doctype html><title>{{ row.name }}</title><h1>{{ row.name }}</h1><p>{{ row.slug }}, {{ row.country }}</p>"
kept: dict[str, Template] = {}


def application() -> WSGIHandler:
    """The server's application: `gunicorn "tests.bench.bare:application()"`."""
    django.setup()
    settings.MIDDLEWARE = []
    settings.ROOT_URLCONF = "tests.bench.bare"
    kept["page"] = engines["django"].from_string(PAGE)
    return WSGIHandler()


def bare(request: HttpRequest, pk: str) -> HttpResponse:
    """One query by primary key, a small template."""
    from compliance.projects.models import Organisation

    return HttpResponse(kept["page"].render({"row": Organisation.objects.get(pk=pk)}))


urlpatterns = [path("bare/<uuid:pk>/", bare)]
