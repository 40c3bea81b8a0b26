"""Processors, recipients and the customer Korvo works for."""

from typing import Any

from compliance.ledger import change
from dataflows.services import add_party, change_party, move_party
from risks.demo.stage import Stage

# key, name, country, parent's country, role, service, tier, contract, ends on day (None: open), first used on day
PARTIES: list[tuple[str, str, str, str, str, str, int, str, int | None, int]] = [
    ("P01", "Nimbus Harbour Cloud Europe Sàrl", "LU", "US", "processor", "Hosting, database and object store in eu-central", 1, "DPA 2024-11", 400, -330),
    ("P02", "Pingloom Ltd", "GB", "", "processor", "Delivery of push messages", 3, "DPA 3.1", 300, -320),
    ("P03", "Crashlight Inc", "US", "", "processor", "Crash reports from the app", 2, "DPA 2025", 210, -318),
    ("P04", "Meterly Analytics SAS", "FR", "", "processor", "Product analytics", 2, "DPA 5", 250, -310),
    ("P05", "Adspire Network Inc", "US", "", "recipient", "Install attribution for the referral campaign", 2, "", None, -21),
    ("P06", "Tessera Pay BV", "NL", "", "processor", "Payment gateway and card capture in its own component", 1, "Service agreement with annex 4", 320, -315),
    ("P07", "TrueSelf Ident GmbH", "DE", "", "processor", "Identity check with liveness; sub-processor in Brazil", 1, "DPA 2.0", 280, -312),
    ("P08", "HelpNest sp. z o.o.", "PL", "", "processor", "Support desk; agents in the Philippines", 2, "DPA 1.4", 150, -300),
    ("P09", "Mapwright Oy", "FI", "", "processor", "Map tiles", 3, "DPA 2023", 90, -290),
    ("P10", "Corelab QA Pvt Ltd", "IN", "", "processor", "Outsourced testing on masked data", 2, "DPA with SCC annex", 210, -280),
    ("C01", "Meridian Crest EMI UAB", "LT", "", "controller", "E-money institution whose accounts and payments Korvo runs", 1, "Processing agreement, notice within 24 hours", 500, -335),
]  # fmt: skip
NOT_ASSESSED = {"P05"}


def set_scenes(stage: Stage) -> None:
    """Ask for each party, look at it, sign, approve and use it; P08's contract is renewed half-way."""
    for facts in PARTIES:
        key, day = facts[0], facts[9]
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


def _ask(stage: Stage, facts: tuple[Any, ...]) -> None:
    key, name, country, parent, role, service, tier, contract, ends, day = facts
    by = stage.person("Haddad" if key == "P05" else "Ilves")
    signed = stage.date(day + 6) if contract else None
    party = add_party(
        organisation=stage.organisation, by=by, name=name, country=country, parent_country=parent, role=role,
        service=service, tier=tier, contract_name=contract, contract_signed_date=signed,
        contract_expires_date=stage.date(ends) if ends else None, contact="privacy desk, see contract",
        reason="Needed for the app",
    )  # fmt: skip
    stage.keep(key, party)


def _move(stage: Stage, key: str, state: str, reason: str) -> None:
    move_party(
        party=stage.get(key), to=state, by=stage.person("Rehm" if state == "approved" else "Ilves"), reason=reason
    )


def _renew(stage: Stage) -> None:
    with change(by=stage.person("Ilves"), reason="Contract renewed for a year; assessment for PH still to be repeated"):
        change_party(party=stage.get("P08"), by=stage.person("Ilves"), contract_expires_date=stage.date(330))
