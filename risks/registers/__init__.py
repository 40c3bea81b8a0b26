"""The registers of this room: access, protection of data, devices, network, monitoring, development, payments.

Each asks for what an auditor looks for in operation (ISO/IEC 27001 8.1 and Annex A); the apps' own facts, so most are
kept by the project. Weak and forbidden values are data: `risks/data/doubts.yaml`.
"""

from compliance.registers.linkable import linkable_rows
from dataflows.models import Party
from risks.models import Risk
from risks.registers import access, cases, cryptography, development, monitoring, network, payments, posture, readiness
from risks.registers.scopes import Scope, organisation_of, party_url, risk_url

__all__ = [
    "access",
    "cases",
    "cryptography",
    "development",
    "monitoring",
    "network",
    "payments",
    "posture",
    "readiness",
]


def _risks(scope: Scope) -> object:
    return Risk.objects.reaching(scope).select_related("project", "organisation")


def _parties(scope: Scope) -> object:
    return Party.objects.in_organisation(organisation_of(scope))


linkable_rows("risk", "Risks", kind="risk", rows=_risks, url=risk_url, order=40)
linkable_rows("party", "Parties", kind="party", rows=_parties, url=party_url, order=50)
