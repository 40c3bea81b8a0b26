"""Where personal data goes: places, fifteen flows, transfers, and the records of processing they belong to."""

from typing import Any

from dataflows.services import (
    add_item,
    add_node,
    approve_record,
    draft_activity,
    propose_flow,
    record_transfer,
    submit_for_review,
)
from risks.demo.stage import Stage

ITEMS = {
    "name": "name", "e-mail": "email", "birth year": "other_personal", "heart rate": "health", "sleep": "health",
    "workouts": "fitness", "precise location": "location_precise", "IP address": "ip_address", "map viewport": "location_coarse",
    "usage events": "usage", "crash data": "crash", "device info": "diagnostics", "device token": "device_id",
    "advertising ID": "ad_id", "phone": "phone", "device binding": "device_id", "card number": "payment_info",
    "ID document": "identity_document", "face image": "biometric", "transactions": "other_financial",
    "support messages": "support", "masked test records": "other",
}  # fmt: skip
NODES = {
    "S": [("user", "person", "User", ""), ("strap", "device", "Heart-rate strap", ""), ("app", "app", "Stridewell app", ""),
          ("api", "api", "Coaching API", "P01"), ("store", "store", "Training database", "P01"), ("staging", "store", "Staging database", "P01")],
    "K": [("user", "person", "User", ""), ("app", "app", "Korvo app", ""), ("api", "api", "Wallet API", "P01"),
          ("store", "store", "Wallet database", "P01"), ("staging", "store", "Staging database", "P01")],
}  # fmt: skip
ACTIVITIES: dict[str, dict[str, Any]] = {
    "account": {"project": "S", "name": "Accounts of Stridewell", "purposes": "Keeping an account for each user and letting them sign in.", "legal_basis": "contract", "data": {"name": "account closed + 30 days", "e-mail": "account closed + 30 days", "birth year": "account closed + 30 days"}, "parties": ["P01"], "dpia_status": "not_required"},
    "coaching": {"project": "S", "name": "Coaching plan and routes", "purposes": "Planning training from heart rate, sleep and workouts; recording routes when the user asks for it.", "legal_basis": "consent", "article9_condition": "explicit_consent", "data": {"heart rate": "24 months after last use", "sleep": "24 months after last use", "workouts": "24 months after last use", "precise location": "12 months"}, "parties": ["P01", "P09"], "dpia_status": "in_force"},
    "stability": {"project": "", "name": "Stability and product improvement", "purposes": "Finding crashes and learning which functions are used.", "legal_basis": "legitimate_interests", "legitimate_interests": "An app that does not crash, and one that grows where it is used (LIA-001, LIA-002).", "data": {"crash data": "90 days", "device info": "90 days", "usage events": "14 months"}, "parties": ["P03", "P04"], "dpia_status": "not_required"},
    "support": {"project": "", "name": "Support desk", "purposes": "Answering people who ask for help, in both apps.", "legal_basis": "contract", "data": {"name": "24 months", "e-mail": "24 months", "support messages": "24 months"}, "parties": ["P08"], "dpia_status": "not_required", "subjects": ["support_contacts"]},
    "push": {"project": "", "name": "Notifications", "purposes": "Telling users what they asked to be told.", "legal_basis": "contract", "data": {"device token": "life of the token"}, "parties": ["P02"], "dpia_status": "not_required"},
    "testing": {"project": "", "name": "Testing with masked records", "purposes": "Finding faults before users do.", "legal_basis": "legitimate_interests", "legitimate_interests": "Releases that were tested on realistic data.", "data": {"masked test records": "sprint + 14 days"}, "parties": ["P10"], "dpia_status": "not_required"},
    "wallet": {"project": "K", "role": "processor", "name": "Wallet accounts and payments for Meridian Crest", "purposes": "Running accounts, identity checks, top-ups and payments on the instructions of the e-money institution.", "legal_basis": "instructions", "article9_condition": "substantial_public_interest", "data": {"name": "as instructed", "phone": "as instructed", "e-mail": "as instructed", "device binding": "as instructed", "card number": "not stored by us", "ID document": "5 years at the controller", "face image": "5 years at the controller", "transactions": "10 years at the controller"}, "parties": ["C01", "P01", "P06", "P07"], "dpia_status": "not_required", "subjects": ["customers"]},
}  # fmt: skip
MEASURES = (
    "TLS 1.3 on every connection; keys of each app in a key service of our own; access by role with second factor; "
    "logs without content; restore tested twice a year; masked data outside production."
)
# key, project, title, path, data, purpose, basis, Art. 9, channel, protection, retention, activity, more
FLOWS: list[tuple[Any, ...]] = [
    ("DF-001", "S", "Account data to the backend", ["user", "app", "api", "store"], ["name", "e-mail", "birth year"], "Keeping the account", "contract", "", "api", "tls13", "account closed + 30 days", "account", {}),
    ("DF-002", "S", "Heart rate on the phone", ["strap", "app"], ["heart rate"], "Showing the pulse while training", "contract", "explicit_consent", "sensor", "os_default", "7 days on the device", "coaching", {"on_device_only": True}),
    ("DF-003", "S", "Training data to coaching", ["app", "api", "store"], ["heart rate", "sleep", "workouts"], "Drawing the coaching plan", "consent", "explicit_consent", "api", "tls13", "24 months after last use", "coaching", {}),
    ("DF-004", "S", "Routes to the backend", ["app", "api", "store"], ["precise location"], "Recording routes in the background", "consent", "", "api", "tls13", "12 months", "coaching", {}),
    ("DF-005", "S", "Map tiles", ["app", "P09"], ["IP address", "map viewport"], "Showing the map", "contract", "", "api", "tls12", "24 hours at the party", "coaching", {}),
    ("DF-006", "S", "Usage to analytics", ["app", "P04"], ["usage events"], "Improving the product", "legitimate_interests", "", "sdk", "tls13", "14 months", "stability", {"legitimate_interests": "Knowing which functions are used (LIA-002)."}),
    ("DF-007", "S", "Crash reports", ["app", "P03"], ["crash data", "device info"], "Keeping the app stable", "legitimate_interests", "", "sdk", "tls12", "90 days", "stability", {"legitimate_interests": "Finding crashes (LIA-001)."}),
    ("DF-008", "S", "Push messages", ["api", "P02", "app"], ["device token"], "Notifying users", "contract", "", "push", "tls13", "life of the token", "push", {}),
    ("DF-009", "S", "Install attribution", ["app", "P05"], ["advertising ID", "IP address", "usage events"], "Attributing installs to the campaign", "", "", "sdk", "tls12", "", "", {"notes": "Seen in the build of 4.2.0; nobody approved it."}),
    ("DF-010", "K", "Wallet account", ["user", "app", "api", "store"], ["name", "phone", "e-mail", "device binding"], "Opening and keeping the wallet account", "instructions", "", "api", "mtls", "as instructed", "wallet", {}),
    ("DF-011", "K", "Card capture", ["app", "P06"], ["card number"], "Topping up", "instructions", "", "sdk", "tls13", "not stored by us", "wallet", {}),
    ("DF-012", "K", "Identity check", ["app", "P07"], ["ID document", "face image"], "Checking who opens the account", "instructions", "substantial_public_interest", "sdk", "tls13", "5 years at the controller", "wallet", {}),
    ("DF-013", "K", "Payments with the institution", ["api", "C01"], ["transactions"], "Payments and balances", "instructions", "", "server", "mtls", "10 years at the controller", "wallet", {"both_ways": True}),
    ("DF-014", "K", "Support requests", ["user", "P08"], ["name", "e-mail", "support messages"], "Answering requests", "contract", "", "mail", "tls12", "24 months", "support", {}),
    ("DF-015", "K", "Test records to the test house", ["staging", "P10"], ["masked test records"], "Testing releases", "legitimate_interests", "", "file", "tls13", "sprint + 14 days", "testing", {"legitimate_interests": "Tested releases."}),
]  # fmt: skip
# flow, country, importer, mechanism, fallback, remote access, assessed on day, valid until day
TRANSFERS: list[tuple[str, str, str, str, str, bool, int | None, int | None]] = [
    ("DF-007", "US", "P03", "adequacy_dpf_certified", "scc_m2_c2p", False, -318, 180),
    ("DF-008", "GB", "P02", "adequacy_45", "", False, None, None),
    ("DF-014", "PH", "P08", "scc_m3_p2p", "", True, -300, -48),
    ("DF-015", "IN", "P10", "scc_m2_c2p", "", False, -280, 210),
]
PROPOSED = {"DF-009"}


def set_scenes(stage: Stage) -> None:
    """Lay out the places, draft records and flows, and have the data protection officer approve them."""
    stage.on(-270, lambda: _prepare(stage))
    for number, key in enumerate(ACTIVITIES):
        stage.on(-262 + number, lambda key=key: _draft(stage, key), 10)
    for number, flow in enumerate(FLOWS):
        key = flow[0]
        stage.on(-21 if key in PROPOSED else -250 + number, lambda flow=flow: _propose(stage, flow), 11)
        if key not in PROPOSED:
            stage.on(-225 + number, lambda key=key: _approve(stage, key), 14)
    for number, key in enumerate(ACTIVITIES):
        stage.on(-205 + number, lambda key=key: _approve(stage, key), 15)


def _prepare(stage: Stage) -> None:
    by = stage.person("Ilves")
    for name, category in ITEMS.items():
        stage.keep(f"item {name}", add_item(organisation=stage.organisation, name=name, category=category, by=by))
    for letter, nodes in NODES.items():
        for key, kind, name, party in nodes:
            more = {"party": stage.get(party)} if party else {}
            stage.keep(f"{letter} {key}", add_node(project=stage.project(letter), kind=kind, name=name, by=by, **more))


def _draft(stage: Stage, key: str) -> None:
    facts = dict(ACTIVITIES[key])
    letter, data, parties = facts.pop("project"), facts.pop("data"), facts.pop("parties")
    activity = draft_activity(
        organisation=stage.organisation, project=stage.project(letter) if letter else None, by=stage.person("Ilves"),
        data={stage.get(f"item {name}"): kept for name, kept in data.items()}, parties=[stage.get(party) for party in parties],
        subject_categories=facts.pop("subjects", ["users"]), security_measures=MEASURES, owner=stage.person("Ilves"),
        review_date=stage.date(90), data_source="From the people themselves", reason="First record of this processing", **facts,
    )  # fmt: skip
    stage.keep(key, activity)


def _node(stage: Stage, letter: str, key: str) -> Any:
    """A place of the map; a party gets one the first time a flow reaches it."""
    name = f"{letter} {key}"
    if name not in stage.things:
        party, processor = stage.get(key), key not in {"P05", "C01"}
        kind = "processor" if processor else "recipient"
        node = add_node(
            project=stage.project(letter),
            kind=kind,
            name=party.name.split(" ")[0],
            party=party,
            by=stage.person("Ilves"),
        )
        stage.keep(name, node)
    return stage.get(name)


def _propose(stage: Stage, facts: tuple[Any, ...]) -> None:
    key, letter, title, path, data, purpose, basis, article9, channel, protection, kept, activity, more = facts
    owner = stage.person("Haddad" if letter == "S" else "Wrona")
    flow = propose_flow(
        project=stage.project(letter), path=[_node(stage, letter, stop) for stop in path],
        items=[stage.get(f"item {name}") for name in data], by=owner, title=title, purpose=purpose, legal_basis=basis,
        article9_condition=article9, channel=channel, protection=protection, retention=kept,
        subject_categories=["customers" if activity == "wallet" else "users"],
        activity=stage.get(activity) if activity else None, reason="As built", **more,
    )  # fmt: skip
    stage.keep(key, flow)
    for name, country, importer, mechanism, fallback, remote, assessed, valid in TRANSFERS:
        if name == key:
            record_transfer(
                flow=flow, country=country, by=owner, importer=stage.get(importer), mechanism=mechanism,
                fallback_mechanism=fallback, remote_access=remote, safeguard="Signed clauses filed with the contract.",
                assessment_result="ok_with_measures" if assessed else "",
                assessment_date=stage.date(assessed) if assessed else None,
                assessment_expires_date=stage.date(valid) if valid else None, reason="Leaves the EEA",
            )  # fmt: skip


def _approve(stage: Stage, key: str) -> None:
    record = stage.get(key)
    submit_for_review(record=record, by=stage.person("Ilves"), reason="Complete as far as we know")
    approve_record(record=stage.get(key), by=stage.person("Rehm"), reason="Read, compared with the build, approved")
