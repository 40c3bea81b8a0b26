"""The cast: one manager, one editor, one approver, one auditor, one outsider, in one organisation with one project."""

import gc
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects import services
from compliance.projects.models import Organisation, Project
from tests.ledger.installation import bare_installation, installation
from tests.stage import (
    _django_db_helper,
    empty_stage,
    pytest_collection_modifyitems,
    set_stage,
    staged,
    the_stage,
)

__all__ = [
    "_django_db_helper",
    "bare_installation",
    "empty_stage",
    "installation",
    "pytest_collection_modifyitems",
    "set_stage",
    "the_stage",
]

PASSWORD = "correct horse battery"


def pytest_collection_finish() -> None:
    """What is loaded by now stays for the whole run: no need to look through it for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 10, 10)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Workers compare the names of their tests: what is made anew in each, and long, is named by its length."""
    return f"{argname}-{len(val)}" if isinstance(val, bytes | str) and len(val) > 60 else None


def person(name: str) -> User:
    """Somebody with an account and no role."""
    with change(by="tests"):
        return User.objects.create_user(f"{name.lower()}@lumaro.example", PASSWORD, name=name)


@staged
def mara() -> User:
    """Manages: organisation admin and compliance officer."""
    return person("Mara")


@staged
def lumaro(mara: User) -> Organisation:
    """The organisation Mara manages."""
    organisation = services.create_organisation(name="Lumaro", by="tests", admin=mara, country="DE")
    services.grant_role(user=mara, role="compliance_officer", scope=organisation, by="tests")
    return organisation


@staged
def stridewell(lumaro: Organisation, mara: User) -> Project:
    """The project everybody but Otto works on."""
    return services.create_project(organisation=lumaro, name="Stridewell", by=mara)


@staged
def korvo(lumaro: Organisation, mara: User) -> Project:
    """A second project of the same organisation; Ed has no role in it."""
    return services.create_project(organisation=lumaro, name="Korvo Wallet", by=mara)


@staged
def ed(stridewell: Project, mara: User) -> User:
    """Edits: product owner of Stridewell."""
    user = person("Ed")
    services.grant_role(user=user, role="product_owner", scope=stridewell, by=mara)
    return user


@staged
def ria(stridewell: Project, lumaro: Organisation, mara: User) -> User:
    """Approves: owns risks, and is an executive."""
    user = person("Ria")
    services.grant_role(user=user, role="risk_owner", scope=lumaro, by=mara)
    services.grant_role(user=user, role="executive", scope=lumaro, by=mara)
    return user


@staged
def ada(stridewell: Project, mara: User) -> User:
    """Audits Stridewell for a month: reads only."""
    user = person("Ada")
    until = timezone.now() + timedelta(days=30)
    services.grant_role(user=user, role="auditor", scope=stridewell, by=mara, until=until)
    return user


@staged
def otto() -> User:
    """Is outside: runs an organisation of his own."""
    user = person("Otto")
    other = services.create_organisation(name="Elsewhere", by="tests", admin=user)
    services.create_project(organisation=other, name="Foreign", by="tests")
    return user


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """A browser in which somebody is signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def queries(django_assert_num_queries: Any) -> Any:
    """`with queries(7):` holds a query count."""
    return django_assert_num_queries
