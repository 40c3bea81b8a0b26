from datetime import timedelta

import pytest
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import Refused
from compliance.projects import services
from compliance.projects.access import may, roles_in
from compliance.projects.models import Membership, Organisation, Project, ProjectPermission
from tests.conftest import person


def held(user: User) -> Membership:
    return Membership.objects.get(user=user)


def test_nobody_grants_a_role_to_themselves(mara: User, lumaro: Organisation) -> None:
    with pytest.raises(services.NotYourOwnRole):
        services.grant_role(user=mara, role="dpo", scope=lumaro, by=mara)
    assert not Membership.objects.filter(user=mara, role="dpo").exists()


def test_an_auditor_needs_an_end(mara: User, stridewell: Project) -> None:
    with pytest.raises(services.NoTimeWindow):
        services.grant_role(user=person("Ines"), role="auditor", scope=stridewell, by=mara)


def test_a_product_owner_works_in_a_project(mara: User, lumaro: Organisation) -> None:
    with pytest.raises(Refused, match="works in a project"):
        services.grant_role(user=person("Leila"), role="product_owner", scope=lumaro, by=mara)


def test_a_role_in_one_project_opens_no_other(ed: User, stridewell: Project, korvo: Project) -> None:
    assert [may(ed, project, "view", kind="risk") for project in (stridewell, korvo)] == [True, False]
    assert list(Project.objects.visible_to(ed)) == [stridewell]


def test_a_role_in_one_project_is_a_guest_in_the_organisation(ed: User, lumaro: Organisation) -> None:
    assert roles_in(ed, lumaro) == {"product_owner:guest"}
    asked = [("view", "project"), ("view", "framework"), ("view", "risk"), ("edit", "risk"), ("edit", "party")]
    assert [may(ed, lumaro, verb, kind=kind) for verb, kind in asked] == [True, True, False, False, False]


def test_access_ends_by_itself_and_the_rows_follow(ada: User, mara: User, stridewell: Project) -> None:
    membership = held(ada)
    past = timezone.now() - timedelta(minutes=1)
    services.grant_role(user=ada, role="auditor", scope=stridewell, by=mara, until=past)
    assert not may(ada, stridewell, "view", kind="risk")
    rows = ProjectPermission.objects.filter(user=ada)
    assert rows.count() == 1
    assert services.expire() == 2  # the project's and the organisation's
    assert rows.count() == 0
    assert Membership.objects.get(pk=membership.pk).standing == "expired"


def test_ending_a_role_needs_a_reason_and_takes_the_rows(ed: User, mara: User, stridewell: Project) -> None:
    with pytest.raises(Refused, match="why"):
        services.end_membership(membership=held(ed), by=mara, reason=" ")
    services.end_membership(membership=held(ed), by=mara, reason="Changed teams")
    assert not may(ed, stridewell, "view", kind="project")
    assert not ProjectPermission.objects.filter(user=ed).exists()


def test_the_last_admin_stays(mara: User, lumaro: Organisation) -> None:
    admin = Membership.objects.get(user=mara, role="organisation_admin")
    ende = timezone.now() + timedelta(days=1)
    with pytest.raises(services.LastAdmin):
        services.end_membership(membership=admin, by=mara, reason="Leaving")
    with pytest.raises(services.LastAdmin):
        services.grant_role(user=mara, role="organisation_admin", scope=lumaro, by="tests", until=ende)
    other = person("Oskar")
    services.grant_role(user=other, role="organisation_admin", scope=lumaro, by=mara)
    services.end_membership(membership=admin, by=mara, reason="Leaving")
    assert list(Membership.objects.admins_of(lumaro).values_list("user__name", flat=True)) == ["Oskar"]


def test_closing_an_account_shuts_it_at_once(ed: User, mara: User, stridewell: Project, sign_in) -> None:
    browser = sign_in(ed)
    assert browser.get(stridewell.get_absolute_url()).status_code == 200
    services.deactivate_person(user=ed, by=mara, reason="Left the company")
    assert browser.get(stridewell.get_absolute_url()).status_code == 302
    services.reactivate_person(user=User.objects.get(pk=ed.pk), by=mara, reason="Came back")
    assert browser.get(stridewell.get_absolute_url()).status_code == 200


def test_nobody_closes_an_account_that_works_elsewhere(otto: User, mara: User, lumaro: Organisation) -> None:
    services.grant_role(user=otto, role="dpo", scope=lumaro, by=mara)
    with pytest.raises(Refused, match="also works elsewhere"):
        services.deactivate_person(user=otto, by=mara, reason="Left")


def test_conflicting_roles_are_named(mara: User, lumaro: Organisation) -> None:
    jonas = person("Jonas")
    services.grant_role(user=jonas, role="dpo", scope=lumaro, by=mara)
    assert services.role_conflicts(jonas, lumaro) == []
    services.grant_role(user=jonas, role="executive", scope=lumaro, by=mara)
    expected = "Jonas is data protection officer and also decides about processing (GDPR Art. 38(6))."
    assert services.role_conflicts(jonas, lumaro) == [expected]
