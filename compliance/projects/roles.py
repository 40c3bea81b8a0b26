"""Roles as tables of verbs per kind of record. A person may hold several; the verbs add up.

A role held in one project only counts in that project. In the organisation around it such a person is a guest, who
reads what every project shares and nothing of the other projects.

`view` reads, `edit` writes drafts and submits, `approve` decides (review, accept, approve, issue), `manage`
grants roles and changes settings. Nobody approves their own work, whatever the table says: the services check.
"""

from collections.abc import Iterable
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
    "register": "context, obligations and registers",
    "risk": "risks",
    "acceptance": "risk acceptance",
    "flow": "data flows and records of processing",
    "party": "processors and other parties",
    "incident": "incidents and breaches",
    "request": "data-subject requests",
    "assessment": "assessments",
    "audit": "audits and findings",
    "action": "corrective actions",
    "review": "management reviews",
    "task": "tasks",
    "pack": "evidence packs",
    "ledger": "change history",
}
LETTERS = {"V": "view", "E": "edit", "A": "approve", "M": "manage"}


@dataclass(frozen=True)
class Role:
    """One role: its name for people, and letters per kind (V view, E edit, A approve, M manage).

    `shared` names the kinds somebody who holds the role in one project reads in the organisation around it.
    """

    name: str
    summary: str
    letters: dict[str, str]
    everything: str = ""
    organisation_wide: bool = True
    shared: str = "organisation project framework document party"
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
        {"organisation": "VEM", "member": "VEM", "project": "VEM", "framework": "VE", "release": "V", "ledger": "VM"},
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
            "review": "VE",
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
            "register": "VE",
            "flow": "VEA",
            "party": "VEA",
            "request": "VEA",
            "incident": "VEA",
            "assessment": "VA",
            "action": "VE",
            "review": "VE",
            "pack": "VEA",
            "task": "VE",
        },
        everything="V",
    ),
    "risk_owner": Role(
        "Risk owner",
        "Scores risks, approves plans, accepts what remains within their authority.",
        {"risk": "VEA", "acceptance": "VEA", "evidence": "VE", "action": "VE", "register": "VE", "task": "VE"},
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
            "register": "VE",
            "risk": "VE",
            "acceptance": "VE",
            "flow": "VE",
            "party": "VE",
            "incident": "VE",
            "assessment": "VE",
            "action": "VE",
            "task": "VE",
            "pack": "VE",
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
            "register": "VE",
            "risk": "VE",
            "flow": "VE",
            "party": "VE",
            "release": "VE",
            "incident": "VE",
            "assessment": "VE",
            "action": "VE",
            "review": "",
            "task": "VE",
            "pack": "",
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
        shared="project framework",
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
            "review": "VA",
            "request": "V",
        },
        everything="V",
    ),
}
ROLE_CHOICES = [(key, role.name) for key, role in ROLES.items()]
GUEST = ":guest"
GUESTS = {
    key + GUEST: Role(f"{role.name} of a project", role.summary, dict.fromkeys(role.shared.split(), "V"))
    for key, role in ROLES.items()
}
TIME_BOXED = frozenset({"auditor"})
# Whoever decides or grants signs in with a second factor where the installation asks for one.
DECIDING = frozenset(key for key, role in ROLES.items() if role.all_verbs & {"approve", "manage"})


def allowed(roles: Iterable[str], kind: str, verb: str) -> bool:
    """Whether any of the roles (or guest roles) allows the verb on records of this kind."""
    return any((ROLES.get(role) or GUESTS[role]).allows(kind, verb) for role in roles)


def role_name(role: str) -> str:
    """A role as people call it; an unknown one as it is stored."""
    known = ROLES.get(role) or GUESTS.get(role)
    return known.name if known else role
