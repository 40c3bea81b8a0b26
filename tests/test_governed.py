"""Whoever decides says why: every service with a governed verb refuses a blank reason."""

import inspect
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from compliance.ledger import ReasonMissing, governed, need_reason

ROOMS = (
    "compliance.accounts",
    "compliance.approvals",
    "compliance.assessments",
    "compliance.artefacts",
    "compliance.exchange",
    "compliance.ledger",
    "compliance.packs",
    "compliance.projects",
    "compliance.registers",
    "compliance.tasks",
    "controls",
    "dataflows",
    "risks",
)
VERBS = re.compile(
    r"^(accept|approve|cancel|close|deactivate|decide|end|exclude|inherit|issue|override|reactivate|redact|reject|"
    r"remove|reopen|replan|retire|review|revoke|send_back|stop|supersede|unlink|withdraw)(_|$)"
)
# What asks for its reason in another way, or is moved by what somebody else already gave a reason for.
OTHERWISE = {
    "compliance.tasks.services.calendar.stop_calendar": "the person's own address, which only they had",
    "compliance.projects.services.invitation.accept_invitation": "the person takes the place the inviter opened",
    "controls.services.applicability.decide_applicability": "asks for an exclusion's reason and a deviation's",
    "controls.services.applicability.decide_many": "asks for an exclusion's reason and a deviation's",
    "controls.services.review.accept_evidence": "the note says what was checked",
    "controls.services.review.reject_evidence": "the code says why",
}


def services() -> Iterator[tuple[str, Any]]:
    """Every public function of the service modules."""
    for room in ROOMS:
        for name in modules(room):
            module = import_module(name)
            for key, found in vars(module).items():
                if inspect.isfunction(found) and found.__module__ == name and not key.startswith("_"):
                    yield f"{name}.{key}", found


def modules(room: str) -> Iterator[str]:
    folder = Path(import_module(room).__file__).parent
    if (folder / "services.py").exists():
        yield f"{room}.services"
    if (folder / "services").is_dir():
        package = import_module(f"{room}.services")
        yield from (f"{room}.services.{one.name}" for one in pkgutil.iter_modules(package.__path__))


VERBED = {name: found for name, found in services() if VERBS.match(name.rpartition(".")[2])}


def test_every_governed_verb_asks_for_a_reason() -> None:
    missing = [name for name, found in VERBED.items() if not hasattr(found, "governed") and name not in OTHERWISE]

    assert missing == []


def test_no_exception_is_left_over() -> None:
    assert OTHERWISE.keys() - VERBED.keys() == set()


@pytest.mark.parametrize("name", [name for name, found in services() if hasattr(found, "governed")])
def test_a_blank_reason_is_refused_before_anything_else(name: str) -> None:
    service = dict(services())[name]
    keywords = {key: None for key in inspect.signature(service).parameters if key not in {"fields", "details"}}

    with pytest.raises(ReasonMissing, match="the change history keeps the reason"):
        service(**{**keywords, "reason": " "})


def test_the_reason_is_a_keyword_of_every_governed_service() -> None:
    found = {name for name, one in services() if hasattr(one, "governed")}

    assert {name for name in found if "reason" not in inspect.signature(dict(services())[name]).parameters} == set()


def test_nobody_checks_a_reason_by_hand() -> None:
    by_hand = re.compile(r"not reason\.strip\(\):\s*\n\s*raise")
    root = Path(__file__).parent.parent

    assert [
        str(path.relative_to(root))
        for room in ("compliance", "controls", "dataflows", "risks")
        for path in (root / room).rglob("*.py")
        if path.name != "reasons.py" and by_hand.search(path.read_text())
    ] == []


def test_a_reason_passes_and_the_service_answers() -> None:
    @governed("Say why")
    def move(*, to: str, reason: str) -> str:
        return to

    assert move(to="there", reason="Because") == "there"
    with pytest.raises(ReasonMissing, match=r"^Say what: the change history keeps the reason\.$"):
        need_reason("", "Say what")
