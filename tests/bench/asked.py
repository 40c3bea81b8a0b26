"""Which pages are measured, asked of a loaded installation: `python -m tests.bench.asked` prints them as JSON.

Runs beside the tests, over a database of its own: {"cookie": …, "bare": address, "pages": {name: [address, queries]}}.
"""

import json
import sys
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402  apps first
from django.db import connections  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from compliance.accounts.models import User  # noqa: E402
from compliance.projects.models import Organisation, Project  # noqa: E402
from controls.models import Applicability  # noqa: E402
from tests.bench.lists import AGAIN, LISTS, address  # noqa: E402


def addresses() -> dict[str, str]:
    """By name: lists, the largest statement of applicability, and both dashboards."""
    organisation = Organisation.objects.get(demonstration=True)
    project = Project.objects.in_organisation(organisation).order_by("reference")[2]
    rows = Applicability.objects.filter(organisation=organisation, requirement__edition__key__contains="27001")
    edition = rows.values_list("requirement__edition__key").annotate(n=Count("pk")).order_by("-n")[0][0]
    found = {name: address(page, organisation.slug, project.slug) for name, page in LISTS.items()}
    return {
        **found,
        "Applicability": reverse("controls:statement", args=[organisation.slug, edition]),
        "Dashboard of the project": reverse("projects:project", args=[project.slug]),
        "Dashboard of the organisation": reverse("projects:organisation", args=[organisation.slug]),
    }


def main() -> None:
    client = Client()
    client.force_login(User.objects.get(email="ilves@lumaro.example"))
    pages: dict[str, Any] = {}
    for name, page in addresses().items():
        client.get(page)  # fills what is kept between requests
        with CaptureQueriesContext(connections["default"]) as queries:
            response = client.get(page)
        assert response.status_code == 200, f"{page} answers {response.status_code}"
        pages[name] = [page, len(queries), len(response.content)]
        if not name.startswith("Dashboard"):
            with CaptureQueriesContext(connections["default"]) as queries:
                client.get(f"{page}?again=asked")  # kept by its address, so it has to be drawn
            pages[f"{name}{AGAIN}"] = [f"{page}?again=", len(queries), len(response.content)]
    bare = f"/bare/{Organisation.objects.get(demonstration=True).pk}/"
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    json.dump({"cookie": cookie, "bare": bare, "pages": pages}, sys.stdout)


if __name__ == "__main__":
    main()
