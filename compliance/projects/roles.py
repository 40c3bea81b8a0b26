"""Roles as tables of verbs per kind of record. A person may hold several; the verbs add up.

`view` reads, `edit` writes drafts and submits, `approve` decides (review, accept, approve, issue), `manage`
grants roles and changes settings. Nobody approves their own work, whatever the table says: the services check.
"""

from dataclasses import dataclass, field

VERBS = ("view", "edit", "approve", "manage")
KINDS = {
    "organisation": "organisation and its settings",
    "member": "people and roles",
    "project": "projects and store listings",
    "release": "releases",
    "framework": "frameworks and crosswalks",
    "applicability": "statements of applicability",
    "implementation": "controls and their implementation",
    "evidence": "evidence",
    "document": "documents",
    "risk": "risks",
    "acceptance": "risk acceptance",
    "flow": "data flows and records of processing",
    "party": "processors and other parties",
    "incident": "incidents and breaches",
    "request": "data-subject requests",
    "assessment": "assessments",
    "task": "tasks",
    "pack": "evidence packs",
    "ledger": "change history",
}
LETTERS = {"V": "view", "E": "edit", "A": "approve", "M": "manage"}


@dataclass(frozen=True)
class Role:
    """One role: its name for people, and letters per kind (V view, E edit, A approve, M manage)."""

    name: str
    summary: str
    letters: dict[str, str]
    everything: str = ""
    organisation_wide: bool = True
    verbs: dict[str, frozenset[str]] = field(init=False)

    def __post_init__(self) -> None:
        table = {
            kind: frozenset(LETTERS[letter] for letter in self.letters.get(kind, self.everything)) for kind in KINDS
        }
        object.__setattr__(self, "verbs", table)

    def allows(self, kind: str, verb: str) -> bool:
        return verb in self.verbs[kind]

    @property
    def all_verbs(self) -> frozenset[str]:
        """Every verb the role holds for at least one kind."""
        return frozenset().union(*self.verbs.values())


ROLES = {
    "organisation_admin": Role(
        "Organisation admin",
        "People, roles and settings; no approval of compliance content.",
        {"organisation": "VEM", "member": "VEM", "project": "VEM", "framework": "VE", "release": "V", "ledger": "V"},
        everything="V",
    ),
    "compliance_officer": Role(
        "Compliance officer",
        "Runs the ISMS: applicability, methods, reviews, audits, packs.",
        {
            "organisation": "VE",
            "member": "V",
            "project": "VE",
            "release": "VEA",
            "framework": "VEA",
            "acceptance": "VE",
            "flow": "VE",
            "party": "VE",
            "request": "V",
            "ledger": "V",
        },
        everything="VEA",
    ),
    "dpo": Role(
        "Data protection officer",
        "Independent opinion on privacy records; requests and breaches.",
        {
            "organisation": "V",
            "member": "V",
            "evidence": "VA",
            "flow": "VEA",
            "party": "VEA",
            "request": "VEA",
            "incident": "VEA",
            "assessment": "VA",
            "pack": "VEA",
            "task": "VE",
        },
        everything="V",
    ),
    "risk_owner": Role(
        "Risk owner",
        "Scores risks, approves plans, accepts what remains within their authority.",
        {"risk": "VEA", "acceptance": "VEA", "evidence": "VE", "task": "VE"},
        everything="V",
    ),
    "product_owner": Role(
        "Product owner",
        "Answers the assessment, owns flows, releases and security requirements.",
        {
            "project": "VE",
            "release": "VE",
            "implementation": "VE",
            "evidence": "VE",
            "risk": "VE",
            "acceptance": "VE",
            "flow": "VE",
            "party": "VE",
            "incident": "VE",
            "assessment": "VE",
            "task": "VE",
            "pack": "VE",
            "member": "",
            "request": "",
        },
        everything="V",
        organisation_wide=False,
    ),
    "contributor": Role(
        "Contributor",
        "Uploads evidence, carries out actions, imports artefacts.",
        {
            "implementation": "VE",
            "evidence": "VE",
            "risk": "VE",
            "flow": "VE",
            "party": "VE",
            "release": "VE",
            "incident": "VE",
            "assessment": "VE",
            "task": "VE",
            "pack": "",
            "member": "",
            "request": "",
        },
        everything="V",
        organisation_wide=False,
    ),
    "auditor": Role(
        "Auditor",
        "Reads what was opened to them, for as long as it is open.",
        {"member": "", "request": "", "task": ""},
        everything="V",
    ),
    "executive": Role(
        "Executive",
        "Accepts high and critical risks, approves scope, policies and applicability.",
        {
            "applicability": "VA",
            "document": "VA",
            "acceptance": "VA",
            "risk": "VA",
            "incident": "VA",
            "release": "VA",
            "pack": "VA",
            "request": "V",
        },
        everything="V",
    ),
}
ROLE_CHOICES = [(key, role.name) for key, role in ROLES.items()]


def allowed(roles: "list[str] | set[str]", kind: str, verb: str) -> bool:
    """Whether any of the roles allows the verb on records of this kind."""
    return any(ROLES[role].allows(kind, verb) for role in roles)
