import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import Refused
from compliance.projects import services
from compliance.projects.access import roles_in
from compliance.projects.models import Invitation, Membership, Organisation, Project
from tests.conftest import PASSWORD

LEILA = {"name": "Leila", "email": "Leila@Lumaro.example"}


def invite(mara: User, scope: Organisation | Project, role: str = "product_owner", **more) -> tuple[Invitation, str]:
    return services.invite(**LEILA, role=role, scope=scope, by=mara, **more)


def test_the_whole_way_from_the_form_to_the_first_page(mara: User, stridewell: Project, sign_in) -> None:
    page = reverse("projects:invite", args=[stridewell.organisation.slug])
    answer = sign_in(mara).post(page, {**LEILA, "role": "product_owner", "project": str(stridewell.pk)})
    assert answer.status_code == 200
    assert [message.to for message in mail.outbox] == [["leila@lumaro.example"]]
    link = re.search(r"http://testserver(/invitations/\S+)", mail.outbox[0].body)[1]
    assert answer.content.decode().count(link) == 1

    browser = Client()
    assert browser.get(link).status_code == 200
    taken = browser.post(link, {"name": "Leila Haddad", "password": PASSWORD, "again": PASSWORD})
    assert (taken.status_code, taken.url) == (302, reverse("account_login"))
    entered = browser.post(taken.url, {"login": "leila@lumaro.example", "password": PASSWORD})
    assert (entered.status_code, entered.url) == (302, reverse("projects:home"))
    assert browser.get(stridewell.get_absolute_url()).status_code == 200
    leila = User.objects.get(email="leila@lumaro.example")
    assert roles_in(leila, stridewell) == {"product_owner"}
    assert browser.get(link).status_code == 410


def test_the_token_is_stored_only_as_a_hash(mara: User, stridewell: Project) -> None:
    invitation, token = invite(mara, stridewell)
    stored = Invitation.objects.filter(pk=invitation.pk).values().get()
    assert len(token) == 43
    assert [name for name, value in stored.items() if token in str(value)] == []
    assert services.find_invitation(token) == invitation


def test_a_link_dies_after_a_week(mara: User, stridewell: Project) -> None:
    _, token = invite(mara, stridewell)
    services.find_invitation(token, at=timezone.now() + timedelta(days=6, hours=23))
    with pytest.raises(services.InvitationOver):
        services.find_invitation(token, at=timezone.now() + timedelta(days=7, seconds=1))


def test_a_withdrawn_link_is_dead_and_needs_a_reason(mara: User, stridewell: Project) -> None:
    invitation, token = invite(mara, stridewell)
    with pytest.raises(Refused, match="why"):
        services.withdraw_invitation(invitation=invitation, by=mara, reason="")
    services.withdraw_invitation(invitation=invitation, by=mara, reason="Wrong address")
    with pytest.raises(services.InvitationOver):
        services.find_invitation(token)
    with pytest.raises(Refused, match="nothing to withdraw"):
        services.withdraw_invitation(invitation=invitation, by=mara, reason="Again")


def test_a_link_works_once(mara: User, stridewell: Project) -> None:
    invitation, _ = invite(mara, stridewell)
    services.accept_invitation(invitation=invitation, name="Leila", password=PASSWORD)
    with pytest.raises(services.InvitationOver):
        services.accept_invitation(invitation=invitation, name="Leila", password=PASSWORD)


def test_an_existing_account_signs_in_and_accepts(mara: User, stridewell: Project, otto: User, sign_in) -> None:
    _, token = services.invite(name="Otto", email=otto.email, role="contributor", scope=stridewell, by=mara)
    link = reverse("projects:invitation", args=[token])
    assert Client().post(link, {"name": "Eve", "password": PASSWORD, "again": PASSWORD}).status_code == 200
    assert not Membership.objects.filter(user=otto, project=stridewell).exists()
    answer = sign_in(otto).post(link)
    assert (answer.status_code, answer.url) == (302, stridewell.get_absolute_url())
    assert roles_in(otto, stridewell) == {"contributor"}


def test_somebody_else_cannot_take_the_place(mara: User, stridewell: Project, otto: User, sign_in) -> None:
    _, token = invite(mara, stridewell)
    sign_in(otto).post(reverse("projects:invitation", args=[token]))
    assert not Membership.objects.filter(user=otto, project=stridewell).exists()
    services.find_invitation(token)


def test_an_invitation_counts_only_while_the_inviter_may_grant(mara: User, stridewell: Project) -> None:
    lumaro = stridewell.organisation
    oskar = User.objects.get(pk=mara.pk)
    invitation, _ = invite(oskar, stridewell)
    from tests.conftest import person

    services.grant_role(user=person("Olga"), role="organisation_admin", scope=lumaro, by=mara)
    admin = Membership.objects.get(user=mara, role="organisation_admin")
    services.end_membership(membership=admin, by="tests", reason="Left")
    with pytest.raises(services.InvitationOver, match="no longer manages"):
        services.accept_invitation(invitation=invitation, name="Leila", password=PASSWORD)
    assert not User.objects.filter(email="leila@lumaro.example").exists()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"role": "auditor"}, "needs an end"),
        ({"role": "contributor", "email": "mara@lumaro.example"}, "invite yourself"),
        ({"role": "dpo", "until": timezone.now() - timedelta(days=1)}, "over before it begins"),
    ],
)
def test_an_impossible_invitation_is_refused(mara: User, stridewell: Project, given: dict, message: str) -> None:
    with pytest.raises(Refused, match=message):
        services.invite(**{**LEILA, "scope": stridewell, "by": mara, **given})
    assert not Invitation.objects.exists()


def test_a_second_open_invitation_is_refused(mara: User, stridewell: Project) -> None:
    invite(mara, stridewell)
    with pytest.raises(Refused, match="already has an open invitation"):
        invite(mara, stridewell)


def test_a_weak_password_is_refused_beside_its_field(mara: User, stridewell: Project) -> None:
    _, token = invite(mara, stridewell)
    link = reverse("projects:invitation", args=[token])
    answer = Client().post(link, {"name": "Leila", "password": "password1234", "again": "password1234"})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["password"]
    answer = Client().post(link, {"name": "Leila", "password": PASSWORD, "again": "another thing"})
    assert answer.context["form"].errors == {"again": ["The two passwords differ."]}
    assert not User.objects.filter(email="leila@lumaro.example").exists()
