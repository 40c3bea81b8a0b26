"""Choosing among projects."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from compliance.prepared import Rows
from compliance.projects.models import Organisation, Project

_VISIBLE = Rows(
    lambda scope, user, now: Project.objects.filter(organisation=scope).visible_to(user, now).order_by("name"),
    scope=UUID,
    user=UUID,
    now=datetime,
)


def visible_projects(request: Any) -> Any:
    """The projects of an organisation's page that the person may know of; none on the page of one project."""
    if request is None or not isinstance(request.scope, Organisation):
        return Project.objects.none()
    return _VISIBLE(scope=request.scope.pk, user=request.user.pk, now=timezone.now())
