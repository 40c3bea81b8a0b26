"""Processors, recipients and the customer Korvo works for."""

from typing import Any

from dataflows.clauses import checklist
from dataflows.models import Party
from dataflows.services import (
    add_contract,
    add_party,
    answer_checklist,
    approve_assessment,
    approve_party,
    change_contract,
    draft_assessment,
    engage,
    give_opinion,
    move_party,
    put_party_forward,
    record_review,
    submit_assessment,
)
from risks.demo.cloud import divide
from risks.demo.stage import Stage, script

NOT_ASSESSED = {"P05"}
REASONS = {
    "due_diligence": "Questionnaire sent",
    "contract": "No finding against it; certificates read",
    "approved": "Contract signed by both, Art. 28(3) checklist complete",
    "active": "In use since the release",
}


def set_scenes(stage: Stage) -> None:
    """Ask for each party, look at it, sign, approve and use it; P08's contract is renewed half-way."""
    for facts in script("parties"):
        key, day = facts["key"], facts["day"]
        stage.on(day, lambda facts=facts: _ask(stage, facts), 9)
        if key in NOT_ASSESSED:
            continue
        stage.on(day + 6, lambda facts=facts: _sign(stage, facts), 9)
        for step, state in enumerate(REASONS):
            stage.on(day + 3 * step + 2, lambda a=(key, state): _move(stage, *a), 11 + step)
        if "review" in facts:
            stage.on(facts["review"]["day"], lambda facts=facts: _review(stage, facts), 15)
        for sub in facts.get("subs", ()):
            stage.on(sub["told"], lambda a=(key, sub): _engage(stage, *a), 10)
    for facts in script("transfers"):
        stage.on(facts["day"], lambda facts=facts: _assess(stage, dict(facts)), 9)
    stage.on(-66, lambda: _renew(stage))
    stage.on(-300, lambda: divide(stage, stage.get("P01")), 16)


def _ask(stage: Stage, facts: dict[str, Any]) -> None:
    by = stage.person("Haddad" if facts["key"] in NOT_ASSESSED else "Ilves")
    told = {name: facts[name] for name in ("name", "country", "role", "service", "tier")}
    party = add_party(
        organisation=stage.organisation,
        by=by,
        parent_country=facts.get("parent_country", ""),
        contact="privacy desk, see contract",
        due_diligence=facts.get("guarantees", ""),
        framework_until_date=stage.date(facts["certified"]) if "certified" in facts else None,
        is_cloud=facts.get("cloud", False),
        sdks="\n".join(facts.get("sdks", ())),
        domains="\n".join(facts.get("hosts", ())),
        exit_plan=facts.get("exit", ""),
        reason="Needed for the app",
        **told,
    )
    stage.keep(facts["key"], party)


def _sign(stage: Stage, facts: dict[str, Any]) -> None:
    party, by = stage.get(facts["key"]), stage.person("Ilves")
    contract = add_contract(
        party=party,
        name=facts["contract"],
        signed_date=stage.date(facts["day"] + 6),
        expires_date=stage.date(facts["ends"]),
        breach_hours=facts.get("hours"),
        filed="Contract folder of the company",
        by=by,
        reason="Signed by both",
    )
    stage.keep(f"contract {facts['key']}", contract)
    if party.needs_contract:
        answer_checklist(party=party, answers=_answers(facts), by=by, reason="Contract read row by row")


def _answers(facts: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every row answered with its clause, but for what the script says otherwise."""
    answers: dict[str, dict[str, Any]] = {
        code: {"answer": "yes", "concrete": True, "clause": f"§ {row.number}"} for code, row in checklist().items()
    }
    if facts["country"] not in ("IN", "PH", "US", "GB") and "parent_country" not in facts:
        answers["transfer_clauses"] = {"answer": "na", "note": "Nothing leaves the EEA"}
    for code, (answer, concrete, clause, note) in facts.get("weak", {}).items():
        said = {True: "yes", False: "no"}.get(answer, answer)
        answers[code] = {"answer": said, "concrete": concrete, "clause": clause, "note": note}
    return answers


def _move(stage: Stage, key: str, state: str) -> None:
    party, by, reason = stage.get(key), stage.person("Ilves"), REASONS[state]
    if state != Party.State.APPROVED:
        move_party(party=party, to=state, by=by, reason=reason)
        return
    put_party_forward(party=party, by=by, reason="Complete")
    approve_party(party=party, by=stage.person("Rehm"), reason=reason)


def _assess(stage: Stage, facts: dict[str, Any]) -> None:
    key, importer = facts.pop("key"), stage.get(facts.pop("importer"))
    by, until = stage.person("Ilves"), stage.date(facts.pop("valid"))
    del facts["day"]
    made = draft_assessment(
        organisation=stage.organisation, importer=importer, expires_date=until, by=by, reason="Six steps", **facts
    )
    submit_assessment(assessment=made, by=by, reason="Complete")
    give_opinion(assessment=made, by=stage.person("Rehm"), reason="Plausible; look again when a trigger comes up.")
    stage.keep(key, approve_assessment(assessment=made, by=stage.person("Neumann"), reason="Opinion followed"))


def _engage(stage: Stage, key: str, facts: dict[str, Any]) -> None:
    by = stage.person("Ilves")
    sub = add_party(
        organisation=stage.organisation,
        name=facts["name"],
        country=facts["country"],
        role=Party.Role.SUB_PROCESSOR,
        service=facts["service"],
        tier=3,
        by=by,
        reason="On the list of a processor",
    )
    stage.keep(facts["key"], sub)
    engage(
        processor=stage.get(key),
        sub_processor=sub,
        service=facts["service"],
        notice_date=stage.date(facts["told"]),
        objection_date=stage.date(facts["until"]),
        decision="accepted" if facts.get("accepted") else "",
        same_duties=True,
        by=by,
        reason="Told by the processor",
    )


def _review(stage: Stage, facts: dict[str, Any]) -> None:
    told = {name: facts["review"][name] for name in ("outcome", "basis", "findings")}
    record_review(party=stage.get(facts["key"]), by=stage.person("Ilves"), reason="Review by tier", **told)


def _renew(stage: Stage) -> None:
    change_contract(
        contract=stage.get("contract P08"),
        by=stage.person("Ilves"),
        expires_date=stage.date(330),
        reason="Contract renewed for a year; assessment for PH still to be repeated",
    )
