"""Prepared queries answer as the ORM does, on either engine."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.prepared import Prepared
from compliance.projects.models import Membership, Project

by_slug = Prepared(lambda slug: Project.objects.filter(slug=slug).select_related("organisation"), slug=str)
later_roles = Prepared(
    lambda user, at: Membership.objects.filter(user=user, until__gt=at).values_list("role", "until", "project_id"),
    user=UUID,
    at=datetime,
)


def test_rows_are_instances_with_their_relations(stridewell, korvo):
    for project in (stridewell, korvo):
        with CaptureQueriesContext(connection) as queries:
            (found,) = by_slug(slug=project.slug)
            assert found.organisation.name == "Lumaro"
        assert len(queries) == 1
        assert found == project
        assert {f.attname: getattr(found, f.attname) for f in Project._meta.concrete_fields} == {
            f.attname: getattr(project, f.attname) for f in Project._meta.concrete_fields
        }


def test_values_are_converted(ada, stridewell):
    now = datetime.now(UTC)
    held = Membership.objects.get(user=ada)

    assert later_roles(user=ada.pk, at=now) == [("auditor", held.until, stridewell.pk)]
    assert later_roles(user=ada.pk, at=now + timedelta(days=40)) == []


def test_nothing_found_is_none(db):
    assert by_slug.first(slug="nobody's") is None


def test_a_value_the_query_does_not_use_is_an_error(db):
    with pytest.raises(ValueError, match="uses only"):
        Prepared(lambda slug, user: Project.objects.filter(slug=slug), slug=str, user=UUID)(slug="x", user=uuid4())
