"""Prepared queries answer as the ORM does, on either engine."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import F, Prefetch
from django.test.utils import CaptureQueriesContext

from compliance.prepared import Prepared, Rows
from compliance.projects.models import Membership, Organisation, Project
from compliance.projects.scoped import CountedRows

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


visible = Rows(
    lambda scope, user, now: (
        Project.objects.filter(organisation=scope).visible_to(user, now).select_related("organisation")
    ),
    scope=UUID,
    user=UUID,
    now=datetime,
)
with_projects = Rows(
    lambda scope: Organisation.objects.filter(pk=scope).prefetch_related(
        Prefetch("projects", Project.objects.order_by("name"), to_attr="held")
    ),
    scope=UUID,
)


def test_the_rows_of_a_list_are_those_of_the_query(mara, lumaro, stridewell):
    found = visible(scope=lumaro.pk, user=mara.pk, now=datetime.now(UTC))
    order = [F("name").desc()]
    expected = list(found.queryset.order_by(*order))

    with CaptureQueriesContext(connection) as queries:
        rows = found.page(order, "-name", 0, 50)
        assert [(row, row.organisation) for row in rows] == [(row, lumaro) for row in expected]
    assert len(queries) == 1
    assert found.count() == len(expected) > 0
    assert found.page(order, "-name", 0, 1) == expected[:1]
    assert found.page((), "", 0, 0) == []
    assert found.names("name", 1) == [(expected[-1].pk, expected[-1].name)]


def test_rows_keep_what_the_query_prefetches(mara, lumaro, stridewell):
    found = with_projects(scope=lumaro.pk)

    with CaptureQueriesContext(connection) as queries:
        (row,) = found.page((), "", 0, 50)
        assert row.held == found.queryset.get().held
        assert {one.organisation for one in row.held} == {row}
    assert len(queries) == 4  # two each


with_permissions = Rows(
    lambda scope: Organisation.objects.filter(pk=scope).prefetch_related(
        Prefetch("projects", Project.objects.prefetch_related("permission_rows").order_by("name"), to_attr="held")
    ),
    scope=UUID,
)


def test_rows_keep_what_prefetched_rows_prefetch(ed, lumaro, stridewell):
    (row,) = with_permissions(scope=lumaro.pk).page((), "", 0, 50)

    with CaptureQueriesContext(connection) as queries:
        found = [list(one.permission_rows.all()) for one in row.held]
    assert (len(queries), found) == (0, [list(stridewell.permission_rows.all())])


counted = CountedRows(lambda scope: Project.objects.filter(organisation=scope), scope=UUID)


def test_a_first_page_is_counted_with_the_same_query(lumaro, stridewell, korvo):
    order, found = [F("name").desc()], counted(scope=lumaro.pk)
    expected = list(found.queryset.order_by(*order))

    found.begin(order, "-name", 50)
    with CaptureQueriesContext(connection) as queries:
        assert (found.count(), found.page(order, "-name", 0, len(expected))) == (len(expected), expected)
    assert len(queries) == 0
    assert found.page(order, "-name", 1, 2) == expected[1:2]
    assert found.page([F("name").asc()], "name", 0, 1) == expected[-1:]
    nothing = counted(scope=stridewell.pk)
    nothing.begin(order, "-name", 50)
    assert (nothing.count(), nothing.page(order, "-name", 0, 1)) == (0, [])


def test_a_value_worked_into_another_is_an_error(db):
    soon = Prepared(lambda at: Membership.objects.filter(until__gt=at, until__lt=at + timedelta(days=1)), at=datetime)

    with pytest.raises(ValueError, match="give that one a slot"):
        soon(at=datetime.now(UTC))
