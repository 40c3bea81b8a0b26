"""Fixtures that are set up once and rolled back to, instead of being built again for every test.

    @staged
    def lumaro(mara: User) -> Organisation: ...

The people and records most tests stand on come through the services, with their sealed history: building them took a
third of a test's time. Staged fixtures stay in one open transaction, each behind a savepoint; the test runs in an inner
one, as always. The next test goes back to the last savepoint it shares with this one, and builds only what is missing.

A staged fixture depends on staged ones only, and its value is a record or a list of records: each test gets copies.
Tests that commit (`transaction=True`, a live server) or ask for a `key_file` clear the stage and build anew.
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction

LATE = "passkey_desk"  # its test asks for the database by itself, after the browser's loop has begun
DEFINED: list[tuple[Path, str]] = []  # folder and name, in the order they are defined, and set up in


@dataclass
class Step:
    """A fixture that was set up, and the savepoint to return to without it."""

    key: str
    savepoint: transaction.Atomic
    value: Any


@dataclass
class Stage:
    """The steps that stand now; the first `used` of them belong to the running test."""

    steps: list[Step] = field(default_factory=list)
    used: int = 0
    setting: bool = False
    copies: dict[int, Any] = field(default_factory=dict)

    @contextmanager
    def prepared(self) -> Iterator[None]:
        """Set up a test's staged fixtures; those asked for later are its own."""
        self.used, self.copies, self.setting = 0, {}, True
        try:
            yield
            self.back_to(self.used)
        finally:
            self.setting = False

    def give(self, key: str, build: Callable[[], Any]) -> Any:
        """A copy of the value: as it stands, or built on what the test uses already."""
        if not self.setting:
            return build()
        if self.used == len(self.steps) or self.steps[self.used].key != key:
            self.back_to(self.used)
            self._build(key, build)
        self.used += 1
        return copy.deepcopy(self.steps[self.used - 1].value, self.copies)

    def holds(self, name: str) -> bool:
        """Whether the running test uses a staged fixture of this name."""
        return any(step.key.endswith(f"/{name}") for step in self.steps[: self.used])

    def back_to(self, length: int) -> None:
        """Roll back every step after the first `length`."""
        while len(self.steps) > length:
            step = self.steps.pop()
            transaction.set_rollback(True)
            step.savepoint.__exit__(None, None, None)

    def _build(self, key: str, build: Callable[[], Any]) -> None:
        savepoint = transaction.atomic()
        savepoint._from_testcase = True  # type: ignore[attr-defined]  # durable blocks may stand inside
        savepoint.__enter__()
        self.steps.append(Step(key, savepoint, None))
        try:
            self.steps[-1].value = build()
            connection.check_constraints()  # the commit guard has its say once, not in every test
        except BaseException:
            self.back_to(len(self.steps) - 1)
            raise


def staged(build: Callable[..., Any]) -> Any:
    """A fixture on the stage, of a conftest.py; its name is used for nothing else in that folder."""
    folder = Path(build.__code__.co_filename).parent
    key = f"{folder}/{build.__name__}"
    DEFINED.append((folder, build.__name__))

    @wraps(build)
    def given(the_stage: Stage, **needs: Any) -> Any:
        return the_stage.give(key, lambda: build(**needs))

    needs = signature(build).parameters.values()
    stage = Parameter("the_stage", Parameter.KEYWORD_ONLY)
    given.__signature__ = Signature([stage, *(one.replace(kind=Parameter.KEYWORD_ONLY) for one in needs)])  # type: ignore[attr-defined]
    return pytest.fixture(given)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for a staged fixture needs the database, and first of all; a browser's loop comes before it."""
    for item in items:
        late = LATE in getattr(item, "fixturenames", ())
        if asked_for(item) and not late and not item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.django_db)


@pytest.fixture(scope="session")
def the_stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    """The stage of this worker's database."""
    stage = Stage()
    yield stage
    with django_db_blocker.unblock():
        stage.back_to(0)


@pytest.fixture(scope="session")
def empty_stage(the_stage: Stage, django_db_blocker: Any) -> Callable[[], None]:
    """Call it before building rows outside a test's own transaction."""

    def clear() -> None:
        with django_db_blocker.unblock():
            the_stage.back_to(0)

    return clear


@pytest.fixture
def set_stage(request: pytest.FixtureRequest, the_stage: Stage, django_db_blocker: Any) -> None:
    """What the test stands on, before its own transaction begins."""
    from compliance.projects.drawn import forget  # when the apps are ready

    cache.clear()  # rows of an earlier test may come back under the same ids
    forget()
    with django_db_blocker.unblock(), the_stage.prepared():
        for name in () if off_stage(request) else asked_for(request.node):
            request.getfixturevalue(name)
            if not the_stage.holds(name):
                raise RuntimeError(f"the fixture {name} hides a staged one: give it another name")


def asked_for(item: Any) -> list[str]:
    """The staged fixtures a test stands on, directly or not."""
    names = getattr(item, "fixturenames", ())
    return [name for folder, name in DEFINED if name in names and folder in item.path.parents]


def off_stage(request: pytest.FixtureRequest) -> bool:
    """Whether the test writes outside a transaction, or seals with a key of its own."""
    marker = request.node.get_closest_marker("django_db")
    commits = bool(marker and (marker.kwargs.get("transaction") or marker.args[:1] == (True,)))
    return commits or bool({"transactional_db", "live_server", "key_file", LATE} & set(request.fixturenames))


@pytest.fixture
def _django_db_helper(set_stage: None, _django_db_helper: None) -> None:
    """pytest-django's own, which begins the test's transaction, once the stage is set."""
