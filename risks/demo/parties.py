"""Processors, recipients and the customer Korvo works for."""

from typing import Any

from compliance.ledger import change
from dataflows.services import add_party, change_party, move_party
from risks.demo.stage import Stage, script

NOT_ASSESSED = {"P05"}


def set_scenes(stage: Stage) -> None:
    """Ask for each party, look at it, sign, approve and use it; P08's contract is renewed half-way."""
    for facts in script("parties"):
        key, day = facts["key"], facts["day"]
        stage.on(day, lambda facts=facts: _ask(stage, facts), 9)
        if key in NOT_ASSESSED:
            continue
        for step, (state, reason) in enumerate(
            [
                ("due_diligence", "Questionnaire sent"),
                ("contract", "No finding against it; certificates read"),
                ("approved", "Contract signed by both, Art. 28(3) checklist complete"),
                ("active", "In use since the release"),
            ]
        ):
            stage.on(day + 3 * step + 2, lambda a=(key, state, reason): _move(stage, *a), 11 + step)
    stage.on(-66, lambda: _renew(stage))


def _ask(stage: Stage, facts: dict[str, Any]) -> None:
    by = stage.person("Haddad" if facts["key"] in NOT_ASSESSED else "Ilves")
    contract = {}
    if "contract" in facts:
        contract = {
            "contract_name": facts["contract"],
            "contract_signed_date": stage.date(facts["day"] + 6),
            "contract_expires_date": stage.date(facts["ends"]),
        }
    told = {name: facts[name] for name in ("name", "country", "role", "service", "tier")}
    party = add_party(
        organisation=stage.organisation,
        by=by,
        parent_country=facts.get("parent_country", ""),
        contact="privacy desk, see contract",
        reason="Needed for the app",
        **told,
        **contract,
    )
    stage.keep(facts["key"], party)


def _move(stage: Stage, key: str, state: str, reason: str) -> None:
    move_party(
        party=stage.get(key), to=state, by=stage.person("Rehm" if state == "approved" else "Ilves"), reason=reason
    )


def _renew(stage: Stage) -> None:
    with change(by=stage.person("Ilves"), reason="Contract renewed for a year; assessment for PH still to be repeated"):
        change_party(party=stage.get("P08"), by=stage.person("Ilves"), contract_expires_date=stage.date(330))
