"""What users asked about their data: six requests, from one answered in time to one that waits for its requester."""

import io
from functools import partial
from typing import Any

from compliance.files.store import receive
from dataflows import services
from dataflows.models import RequestStep, SubjectRequest
from risks.demo.stage import Stage, script

LARGEST = 100_000


def set_scenes(stage: Stage) -> None:
    """Take each request in on its day and carry it as far as it came."""
    for facts in script("requests"):
        stage.on(facts["day"], partial(_receive, stage, facts), 8)
        for number, step in enumerate(facts["steps"]):
            stage.on(step["day"], partial(STEPS[step["do"]], stage, facts["key"], step), 10 + number % 8)


def _receive(stage: Stage, facts: dict[str, Any]) -> None:
    made = services.receive_request(
        organisation=stage.organisation,
        type=facts["type"],
        channel=facts["channel"],
        app=stage.project(facts["project"]),
        as_processor=facts.get("as_processor", False),
        requester_name=facts["name"],
        requester_contact=facts["contact"],
        wish=facts["wish"],
        handler=stage.person("Rehm"),
        by=stage.person("Rehm"),
        reason="Taken in at the privacy desk",
    )
    stage.keep(facts["key"], made)


def _confirm(stage: Stage, key: str, step: dict[str, Any]) -> None:
    _begin(stage, key, step)
    services.confirm_identity(request=_of(stage, key), method=step["method"], by=stage.person("Rehm"))


def _begin(stage: Stage, key: str, step: dict[str, Any]) -> None:
    services.check_identity(request=_of(stage, key), by=stage.person("Rehm"))


def _ask(stage: Stage, key: str, step: dict[str, Any]) -> None:
    _begin(stage, key, step)
    services.ask_requester(request=_of(stage, key), by=stage.person("Rehm"), reason=step["reason"])


def _search(stage: Stage, key: str, step: dict[str, Any]) -> None:
    request = _of(stage, key)
    nothing = set(step.get("nothing", ()))
    found = {}
    for row in request.steps.select_related("place", "recipient"):
        name = str(row.place or row.recipient)
        result = RequestStep.Result.NOTHING_FOUND if name in nothing else RequestStep.Result.DONE
        note = "" if row.place else "Told in writing, confirmed"
        found[row.pk] = (result, note)
    services.settle_steps(request=request, results=found, by=stage.person("Rehm"))


def _answer(stage: Stage, key: str, step: dict[str, Any]) -> None:
    received = receive(io.BytesIO(step["text"].encode()), limit=LARGEST, name="answer.txt")
    try:
        services.prepare_reply(
            request=_of(stage, key),
            reply=received,
            name=f"answer-{_of(stage, key).reference.lower()}.txt",
            outcome=step.get("outcome", "fulfilled"),
            third_parties=step.get("third_parties", ""),
            by=stage.person("Rehm"),
        )
    finally:
        received.discard()
    reason = "Compared with the checklist and the export; nothing of anybody else in it"
    services.approve_reply(request=_of(stage, key), by=stage.person("Sander"), reason=reason)
    services.answer_request(request=_of(stage, key), by=stage.person("Rehm"))


def _extend(stage: Stage, key: str, step: dict[str, Any]) -> None:
    services.extend_request(
        request=_of(stage, key),
        notice_sent_at=stage.moment(step["day"], 9),
        by=stage.person("Rehm"),
        reason=step["reason"],
    )


def _close(stage: Stage, key: str, step: dict[str, Any]) -> None:
    services.close_request(
        request=_of(stage, key), outcome=step.get("outcome", ""), by=stage.person("Rehm"), reason=step["reason"]
    )


def _of(stage: Stage, key: str) -> SubjectRequest:
    return SubjectRequest.objects.get(pk=stage.things[key].pk)


STEPS = {"confirm": _confirm, "ask": _ask, "search": _search, "answer": _answer, "extend": _extend, "close": _close}
