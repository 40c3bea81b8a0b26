"""What users of the two apps are told: notices, consent screens, store labels; one label hides a recipient."""

import io
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from compliance.accounts.models import User
from compliance.files.store import receive
from compliance.projects.models import AppTarget
from controls.services.moves import now
from dataflows.approved import approved_flows
from dataflows.label_files import file_of
from dataflows.label_rules import derive
from dataflows.models import Consent, DataFlow, Notice, StoreDeclaration, TextVersion
from dataflows.services import (
    add_told,
    answer_text,
    decide_text,
    draft_text,
    publish_text,
    record_counts,
    submit_text,
)
from risks.demo.stage import Stage, script

SCRIPT = script("told")
PLACES = {"S": "https://stridewell.lumaro.example/privacy", "K": "https://korvo.lumaro.example/privacy"}
STORES = {
    "play": "https://play.google.com/store/apps/datasafety?id={}",
    "apple": "https://apps.apple.com/app/{}#privacy",
}


def of_flow(stage: Stage, key: str) -> dict[str, Any]:
    """What a flow says for consent and stores."""
    told = dict(SCRIPT["flows"].get(key, {}))
    return {**told, "consent": stage.get(told["consent"])} if "consent" in told else told


def set_scenes(stage: Stage) -> None:
    """Ask for consent before the flows are laid out; notices and labels follow once those are approved."""
    for facts in SCRIPT["consents"]:
        stage.on(facts["day"], lambda facts=facts: _ask(stage, facts), 8)
        stage.on(facts["day"] + 50, lambda facts=facts: _decide(stage, facts["key"], facts["project"]), 15)
        for day, given, refused, withdrawn in facts["counts"]:
            stage.on(day, lambda a=(facts["key"], given, refused, withdrawn): _count(stage, *a), 16)
    for facts in SCRIPT["notices"]:
        for number, version in enumerate(facts["versions"]):
            stage.on(version["day"], lambda a=(facts, version, number): _write(stage, *a))
            stage.on(version["day"] + 3, lambda facts=facts: _decide(stage, facts["key"], facts["project"]), 15)
    for facts in SCRIPT["labels"]:
        stage.on(facts["day"], lambda facts=facts: _declare(stage, facts))
        stage.on(facts["day"] + 3, lambda facts=facts: _decide(stage, facts["key"], facts["project"]), 15)


def _owner(stage: Stage, letter: str) -> User:
    return stage.person("Haddad" if letter == "S" else "Wrona")


def _ask(stage: Stage, facts: dict[str, Any]) -> None:
    by, names = stage.person("Ilves"), ("title", "purposes", "screen", "withdrawal", "proof_place")
    about = add_told(
        project=stage.project(facts["project"]),
        model=Consent,
        owner=_owner(stage, facts["project"]),
        by=by,
        reason="Asked in the app",
        **{name: facts[name] for name in names},
    )
    stage.keep(facts["key"], about)
    draft_text(about=about, summary="First wording", text=facts["wording"], by=by)


def _count(stage: Stage, key: str, given: int, refused: int, withdrawn: int) -> None:
    wording = stage.get(key).versions.published().get()
    record_counts(
        wording=wording,
        month=_month_before(),
        given=given,
        refused=refused,
        withdrawn=withdrawn,
        source="Weekly consent report",
        by=stage.person("Haddad"),
    )


def _month_before() -> date:
    """The first day of the month before the one being played."""
    return (now().date().replace(day=1) - timedelta(days=1)).replace(day=1)


def _write(stage: Stage, facts: dict[str, Any], version: dict[str, Any], number: int) -> None:
    by = stage.person("Ilves")
    if not number:
        names = ("title", "place", "listing_url")
        about = add_told(
            project=stage.project(facts["project"]),
            model=Notice,
            owner=_owner(stage, facts["project"]),
            by=by,
            reason="Users have to be told",
            **{name: facts[name] for name in names},
        )
        stage.keep(facts["key"], about)
    about = stage.get(facts["key"])
    last = about.versions.order_by("-number").first()
    text = version.get("text") or f"{last.text}\n{version['more']}"
    draft = draft_text(about=about, summary=version["summary"], text=text, by=by)
    answer_text(version=draft, part="checklist", answers=SCRIPT["checklist"], by=by)


def _declare(stage: Stage, facts: dict[str, Any]) -> None:
    project, by = stage.project(facts["project"]), _owner(stage, facts["project"])
    target = AppTarget.objects.in_project(project).get(platform=facts["platform"], app_id=facts["app_id"])
    place = PLACES[facts["project"]]
    about = add_told(
        project=project,
        model=StoreDeclaration,
        target=target,
        store=facts["store"],
        account_methods=["PSL_ACM_USER_ID_PASSWORD"] if facts["store"] == "play" else [],
        account_deletion_url=f"{place}/delete" if facts["store"] == "play" else "",
        data_deletion="DATA_DELETION_YES" if facts["store"] == "play" else "",
        data_deletion_url=f"{place}/delete" if facts["store"] == "play" else "",
        owner=by,
        by=by,
        reason="Listed in the store",
    )
    stage.keep(facts["key"], about)
    flows = approved_flows(
        project.organisation, DataFlow.objects.in_project(project).present().complete().order_by("reference")
    )
    derived = derive(flows, about.store)
    lines = tuple(line for line in derived.lines if line.code not in facts.get("left_out", ()))
    data = file_of(about, replace(derived, lines=lines), None)
    received = receive(io.BytesIO(data), limit=len(data), name=about.file_name, types=None)
    try:
        draft_text(about=about, summary="As filed in the store", upload=received, name=about.file_name, by=by)
    finally:
        received.discard()


def _decide(stage: Stage, key: str, letter: str) -> None:
    about = stage.get(key)
    version: TextVersion = about.versions.complete().order_by("-number")[0]
    by = stage.person("Ilves") if version.author == stage.person("Ilves") else _owner(stage, letter)
    submit_text(version=version, by=by)
    decide_text(version=version, approve=True, by=stage.person("Rehm"), reason="Read beside the flow map")
    place = PLACES[letter]
    if isinstance(about, StoreDeclaration):
        place = STORES[about.store].format(about.target.app_id)
    publish_text(version=version, proof_url=place, by=_owner(stage, letter))
