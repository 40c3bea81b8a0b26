"""Who asks for every page in tests/test_access.py, and where: everybody with a role, and everybody without."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

from django.core.handlers.base import BaseHandler
from django.test import Client, RequestFactory
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects import services
from compliance.projects.models import Project
from compliance.projects.roles import GUEST, ROLES
from tests.controls.desks import take_seat
from tests.objects import MATRIX, Value, value_for

REQUESTS = RequestFactory()


@cache
def server() -> BaseHandler:
    """The site with its middleware. Django's test client would also keep every template it sees, at twice the time."""
    handler = BaseHandler()
    handler.load_middleware()
    return handler


class NoFactory(LookupError):
    """A URL argument nobody fills."""


@dataclass
class Person:
    """Somebody with a browser: the roles they hold in Lumaro or in Stridewell, and where they are at home."""

    name: str
    cookies: dict[str, str]
    everywhere: frozenset[str] = frozenset()
    in_project: frozenset[str] = frozenset()
    home: str = "own"
    desk: str = ""  # whose desk is open to them
    shut: bool = False  # sat at a desk, or will: they hold no more than nobody, and ask at desks only
    signed_in: bool = True
    operator: bool = False

    def roles(self, scope: str, target: str) -> set[str]:
        """The roles that count in a scope, by the rules of the house and not by the code under test."""
        if scope == "desk":
            return {"auditor"} if target == self.desk else set()
        if target == "foreign" or self.home == "foreign":
            return set(self.everywhere) if target == self.home else set()
        if scope == "organisation":
            return self.everywhere | {role + GUEST for role in self.in_project}
        return self.everywhere | (self.in_project if target == "own" else set())


@dataclass
class World:
    """One state of the database for every request."""

    projects: dict[str, Project]
    people: list[Person]
    values: dict[tuple[str, str], dict[str, object]] = field(default_factory=dict)
    requests: int = 0

    def value(self, url: str, argument: str, target: str) -> object:
        """The value of a URL argument for a target, distinct from the other targets' where it names a record."""
        factory = value_for(argument, url)
        if factory is None:
            raise NoFactory(f"{url}: no factory for <{argument}> (see tests/objects.py)")
        key = (argument, ",".join(factory.urls))
        if key not in self.values:
            self.values[key] = self._make(factory)
        return self.values[key][target]

    def _make(self, factory: Value) -> dict[str, object]:
        made = {target: factory.make(self.projects[target]) for target in ("own", "sibling")}
        foreign = factory.make(self.projects["foreign"])
        for _ in range(5):
            if not factory.names_record or foreign not in made.values():
                break
            foreign = factory.make(self.projects["foreign"])  # the numbers of two organisations begin alike
        return {**made, "foreign": foreign}


def account(name: str, **fields: Any) -> User:
    with change(by=MATRIX):
        return User.objects.create_user(f"{name}@matrix.example", None, name=name, **fields)


def browser(user: User | None) -> dict[str, str]:
    """The cookies of somebody's browser: a real session, as signing in leaves it."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return {name: cookie.value for name, cookie in client.cookies.items()}


DAY = timedelta(days=1)
WINDOWS: dict[str, dict[str, Any]] = {
    "invited": {"since": -DAY, "until": DAY},
    "planned": {"since": DAY, "until": 2 * DAY},
    "late": {"since": -2 * DAY, "until": -DAY},
    "ended": {"since": -DAY, "until": DAY, "ended": True},
}


def populate(projects: dict[str, Project]) -> Iterator[Person]:
    """Eight roles twice (in the organisation, in one project), and everybody who may do nothing."""
    own, later = projects["own"], timezone.now() + timedelta(days=30)
    for role in ROLES:
        for scope in (own.organisation, own):
            wide = scope is own.organisation
            if wide and not ROLES[role].organisation_wide:
                continue
            user = account(f"{role}-{scope.slug}")
            services.grant_role(user=user, role=role, scope=scope, by=MATRIX, until=later)
            held = frozenset({role})
            yield Person(user.name, browser(user), held if wide else frozenset(), frozenset() if wide else held)
    yield Person("nobody", browser(account("nobody")))
    yield Person("anonymous", browser(None), signed_in=False)
    gone = account("deactivated")
    services.grant_role(user=gone, role="organisation_admin", scope=own.organisation, by=MATRIX)
    cookies = browser(gone)
    gone.is_active = False
    with change(by=MATRIX):
        gone.save()
    yield Person("deactivated", cookies, signed_in=False)
    late, past = account("expired auditor"), timezone.now() - timedelta(days=1)
    services.grant_role(user=late, role="auditor", scope=own, by=MATRIX, since=past - timedelta(days=9), until=past)
    yield Person("expired auditor", browser(late))
    stranger = User.objects.get(name="stranger")
    yield Person("stranger", browser(stranger), frozenset({"organisation_admin"}), home="foreign")
    yield Person("operator", browser(account("operator", is_operator=True)), operator=True)
    for name, window in WINDOWS.items():
        user = account(f"{name} at the desk")
        take_seat(own, user, **window)
        yield Person(user.name, browser(user), desk="own" if name == "invited" else "", shut=name != "invited")
