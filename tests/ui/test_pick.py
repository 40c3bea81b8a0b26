"""A filter by one of thousands of records offers a few and takes the name of any."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.test import RequestFactory

from compliance.ui.filters import Filters, PickFilter
from compliance.ui.register import Column, Listing, Register


class PermissionFilter(Filters):
    kind = PickFilter("content_type", label="Kind", queryset=ContentType.objects.order_by("model"), search="model")
    few = PickFilter("content_type", label="Few", queryset=ContentType.objects.filter(app_label="auth"), search="model")

    class Meta:
        model = Permission
        fields = ()


PERMISSIONS = Register(
    key="p", noun="permission", columns=(Column("codename", "Name", sort="codename"),), filterset=PermissionFilter
)


def listing(**query):
    request = RequestFactory().get("/", query)
    request.session = {}
    return Listing(PERMISSIONS, request, Permission.objects.all())


def named(found):
    return sorted(found.page.object_list.values_list("codename", flat=True))


def test_many_are_words_with_a_few_offered_and_few_are_a_choice(db):
    form = listing().filter_form()

    assert '<input type="search" name="kind" value="" placeholder="any"' in form
    assert form.count("</option>") == 50 + 1 + ContentType.objects.filter(app_label="auth").count()
    assert '<select name="few"' in form


@pytest.mark.parametrize("asked", ["group", "GROUP"])
def test_a_name_is_the_record(db, asked):
    found = listing(kind=asked)

    assert named(found) == ["add_group", "change_group", "delete_group", "view_group"]
    assert found.filters.form.cleaned_data["kind"].model == "group"


def test_a_key_shows_the_name(db):
    group = ContentType.objects.get(app_label="auth", model="group")

    found = listing(kind=group.pk)

    assert found.total == 4
    assert 'name="kind" value="group"' in found.filter_form()


def test_other_words_are_searched_for(db):
    found = listing(few="grou", kind="roup")

    assert {one.content_type.model for one in found.page} >= {"group", "groupobjectpermission"}
    assert [term.text for term in found.terms] == ["kind contains roup", "few contains grou"]
    assert '<input type="search" name="few" value="grou"' in found.filter_form()
    assert listing(kind="nothing at all\x00").total == 0
