"""Every URL x every role x own, sibling and foreign scope x GET and POST, generated from the URLconf.

What is expected follows from `view.access`, the table of roles and who sits at which desk alone. URL arguments come
from tests/objects.py. The second engine of a run is asked by an administrator and by nobody: the rules are the same.
"""

import logging
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections, transaction
from django.http import HttpResponse
from django.template.backends.django import Template
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from compliance.ledger.models import Entry
from compliance.projects import services
from compliance.projects.roles import allowed
from tests.matrix import REQUESTS, NoFactory, Person, World, account, populate, server
from tests.objects import MATRIX

ROOMS = (
    "projects assessments accounts tasks controls dataflows risks packs timeline approvals registers exchange releases "
    "artefacts"
)
for room in ROOMS.split():
    if find_spec(f"tests.{room}") and find_spec(f"tests.{room}.objects"):
        import_module(f"tests.{room}.objects")

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(1200)]

FOREIGN_VIEWS = {
    "allauth": "allauth guards its own pages, and they show nothing of any organisation",
    "django.contrib.staticfiles": "static files are public",
}
SIGN_IN = reverse("account_login")
SCOPES = ("project", "organisation", "desk")


@dataclass(frozen=True)
class Page:
    """One URL pattern."""

    name: str
    route: str
    view: Any
    arguments: tuple[str, ...]

    @property
    def app(self) -> str:
        return self.name.partition(":")[0]


def pages(patterns: list[Any] | None = None, prefix: str = "", spaces: tuple[str, ...] = ()) -> Iterator[Page]:
    """Every pattern of the URLconf but those of the apps named in FOREIGN_VIEWS."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from pages(pattern.url_patterns, prefix + str(pattern.pattern), inner)
        elif isinstance(pattern, URLPattern):
            module = pattern.callback.__module__
            if not any(module.startswith(app) for app in FOREIGN_VIEWS):
                route = prefix + str(pattern.pattern)
                yield Page(
                    ":".join([*spaces, pattern.name or "unnamed"]),
                    route,
                    pattern.callback,
                    tuple(re.findall(r"<(?:\w+:)?(\w+)>", route)),
                )


PAGES = list(pages())
APPS = sorted({page.app for page in PAGES})


@pytest.fixture(autouse=True)
def bare_refusals(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Refusals without their pages: most answers here are refusals, and drawing them takes most of the time.

    A page that breaks tells its error instead of drawing a page about it.
    """
    settings.DEBUG_PROPAGATE_EXCEPTIONS = True
    urls = import_module(settings.ROOT_URLCONF)
    for status in (403, 404):
        name = f"handler{status}"
        monkeypatch.setattr(urls, name, lambda request, exception, status=status: HttpResponse(status=status), False)


DRAWN: set[tuple[str, str]] = set()  # what somebody was shown already: whoever comes next is only let in
drawing = Template.render


@pytest.fixture(autouse=True)
def drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first who is let in draws the page."""
    DRAWN.clear()

    def draw(template: Template, context: Any = None, request: Any = None) -> str:
        asked = (request.method, request.path) if request is not None else None
        if asked in DRAWN:
            return ""
        return drawing(template, context, request)

    monkeypatch.setattr(Template, "render", draw)


@pytest.fixture(autouse=True)
def lasting_connection() -> Iterator[None]:
    """The end of a request is not the end of the connection: its transaction goes on."""
    request_finished.disconnect(close_old_connections)
    yield
    request_finished.connect(close_old_connections)


@pytest.fixture(scope="module")
def world(empty_stage: Callable[[], None], django_db_blocker: Any, request: pytest.FixtureRequest) -> Iterator[World]:
    empty_stage()
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        founder, stranger = account("founder"), account("stranger")
        lumaro = services.create_organisation(name="Lumaro", by=MATRIX, admin=founder)
        elsewhere = services.create_organisation(name="Elsewhere", by=MATRIX, admin=stranger)
        projects = {
            "own": services.create_project(organisation=lumaro, name="Stridewell", by=MATRIX),
            "sibling": services.create_project(organisation=lumaro, name="Korvo", by=MATRIX),
            "foreign": services.create_project(organisation=elsewhere, name="Foreign", by=MATRIX),
        }
        few = "not once" in request.config.option.markexpr  # the other engine: that every page's SQL holds there
        people = [one for one in populate(projects) if not few or one.name == "nobody" or "_admin-" in one.name]
        yield World(projects, people)
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


def addresses(page: Page, world: World) -> Iterator[tuple[str, str, str]]:
    """(scope's owner, children's owner, address) for every mixture of own, sibling and foreign."""
    scope = next((name for name in SCOPES if name in page.arguments), "")
    children = [name for name in page.arguments if name not in SCOPES]
    targets = ("own", "foreign") if scope == "organisation" else ("own", "sibling", "foreign")
    pairs = [(target, target) for target in (targets if scope else ("own",))]
    if scope and children:
        pairs += [("own", other) for other in targets if other != "own"]
    for owner, other in pairs:
        project = world.projects[owner]
        values = {"project": project.slug, "organisation": project.organisation.slug}
        if scope == "desk":
            values["desk"] = world.value(page.name, "desk", owner)
        mine = {name: world.value(page.name, name, owner) for name in children}
        theirs = {name: world.value(page.name, name, other) for name in children}
        if owner != other and mine == theirs:
            continue
        names = {name: value for name, value in {**values, **theirs}.items() if name in page.arguments}
        yield owner, other, reverse(page.name, kwargs=names)


def expected(page: Page, person: Person, owner: str, other: str) -> str:
    """`open`, `sign in`, `403` or `404`."""
    access = page.view.access
    if access.scope == "public":
        return "open"
    if not person.signed_in:
        return "sign in"
    if access.scope in {"person", "operator"}:
        return "open" if access.scope == "person" or person.operator else "403"
    roles = person.roles(access.scope, owner)
    if not roles:
        return "404"
    if access.scope == "desk":
        return "open" if owner == other else "404"
    if not allowed(roles, access.kind, access.verb):
        return "403"
    return "open" if owner == other else "404"


def answer(person: Person, method: str, address: str) -> str:
    """What the server says, in the words of `expected`; what a POST did is undone."""
    request = REQUESTS.generic(method, address)
    request.COOKIES = person.cookies.copy()
    request._dont_enforce_csrf_checks = True
    try:
        with transaction.atomic():
            response = server().get_response(request)
            if response.streaming:
                b"".join(response.streaming_content)  # to its end, as a server would
            response.close()
            if response.status_code < 300:
                DRAWN.add((method, address))
            if method == "POST":
                transaction.set_rollback(True)
    except Exception as error:  # noqa: BLE001  a page that breaks is a finding like any other
        return f"breaks: {error!r}"
    if response.status_code in {301, 302} and response.url.startswith(SIGN_IN):
        return "sign in"
    told = response.status_code in {403, 404, 405} or response.status_code >= 500
    return str(response.status_code) if told else "open"


def agrees(got: str, wanted: str) -> bool:
    """A page that takes only GET, or only POST, says so to those it lets in, before it looks for the record."""
    return got == wanted or (got == "405" and wanted in {"open", "404"})


def asks(person: Person, page: Page, owner: str, other: str) -> bool:
    """Who asks: a scope refuses everybody; records of another scope are asked for by those its own would open to.

    Of those who hold one role, whoever sits closest by opens the page, and the administrator.
    """
    scope = page.view.access.scope
    if person.shut and scope != "desk":
        return False
    opens = expected(page, person, owner, owner) == "open"
    if owner != other and not opens:
        return False
    if not (person.everywhere or person.in_project) or person.home != "own":
        return True
    if owner == other == "own" and not opens:
        return True
    return bool(person.in_project) == (scope == "project") or "organisation_admin" in person.everywhere


def answers(
    people: list[Person], page: Page, owner: str, other: str, address: str
) -> Iterator[tuple[str, Person, str]]:
    """What the server says to GET and to POST, to whom, and that it should not have said.

    The guard of a page does not look at the method, so of those who are refused alike the first tries both.
    """
    refused: set[str] = set()
    for person in people:
        wanted = expected(page, person, owner, other)
        for method in ("GET", "POST"):
            got = answer(person, method, address)
            yield method, person, "" if agrees(got, wanted) else f"{got}, not {wanted}"
            if got != "405" and wanted in refused:
                break
        refused |= {wanted} - {"open"}


def witnesses(people: list[Person], page: Page, owner: str, other: str) -> list[Person]:
    """One of those who are answered alike for a like reason."""
    alike: dict[tuple[str, bool, bool], Person] = {}
    for one in people:
        alike.setdefault((expected(page, one, owner, other), bool(one.everywhere), bool(one.in_project)), one)
    return list(alike.values())


def newest_entry() -> int:
    """The last thing written, that a file was taken apart: reading it leaves that entry and no other."""
    written = Entry.objects.exclude(model="files.disclosure")
    return written.order_by("-id").values_list("id", flat=True).first() or 0


def violations(page: Page, world: World, everybody: bool) -> Iterator[str]:
    """Every request to one page, by everybody or a few of each kind, that is answered otherwise than the roles say."""
    try:
        asked = list(addresses(page, world))
    except NoFactory as missing:
        yield str(missing)
        return
    for owner, other, address in asked:
        newest = newest_entry()
        people = [person for person in world.people if asks(person, page, owner, other)]
        if not everybody:
            people = witnesses(people, page, owner, other)
        for method, person, wrong in answers(people, page, owner, other, address):
            world.requests += 1
            if wrong:
                yield f"{method} {page.name} ({owner}, child {other}) as {person.name}: {wrong}"
        if newest_entry() != newest:
            yield f"GET {page.name} ({owner}) writes history"


def test_every_view_declares_its_access() -> None:
    assert [page.name for page in PAGES if not hasattr(page.view, "access")] == []


def test_every_page_of_a_scope_declares_that_scope() -> None:
    wrong = [p.name for p in PAGES for s in SCOPES if (s in p.arguments) != (getattr(p.view, "access", p).scope == s)]
    assert wrong == []


@pytest.mark.parametrize("app", APPS)
def test_every_role_opens_its_own_pages_and_no_others(app: str, world: World, capsys: Any) -> None:
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    before = world.requests
    guards: set[tuple[str, str, str]] = set()  # everybody is asked once in front of each
    found: list[str] = []
    for page in (one for one in PAGES if one.app == app):
        guard = (page.view.access.scope, page.view.access.kind, page.view.access.verb)
        found += violations(page, world, guard not in guards)
        guards.add(guard)
    with capsys.disabled():
        sys.stdout.write(f"\n{app}: {world.requests - before} requests, {len(found)} violations ")
    assert not found, "\n".join(found[:60])
