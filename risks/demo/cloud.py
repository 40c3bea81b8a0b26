"""Who does what at the hosting company."""

from typing import Any

from controls.models import Control, Requirement
from dataflows.models import Party
from dataflows.services import divide_duties
from risks.demo.stage import Stage

OURS = {
    "CLD.6.3.1": "Suppliers and processors",
    "CLD.8.1.5": "Assets and classification",
    "CLD.9.5.2": "Hardened builds and supported systems",
    "CLD.12.1.5": "Access by role with second factor",
    "CLD.12.4.5": "Monitoring and detection",
    "A.10.1": "Incidents and breaches",
    "A.10.3": "Suppliers and processors",
    "A.11.6": "Cryptography and keys",
    "A.11.8": "Access by role with second factor",
    "A.11.9": "Access by role with second factor",
    "A.12.1": "Law and contracts",
}
ALONE = {"CLD.12.1.5", "CLD.9.5.2"}
NOT_HERE = {"A.11.2": "Nothing is printed", "A.11.7": "Nothing is printed"}


def divide(stage: Stage, party: Party) -> None:
    """Each topic of ISO/IEC 27017 and 27018, with the control that does our part."""
    rows = Requirement.objects.filter(edition__framework__key__in=("iso27017", "iso27018"), assessable=True)
    controls = {one.title: one for one in Control.objects.filter(organisation=stage.organisation)}
    duties = {}
    for row in rows:
        told: dict[str, Any] = {"split": "provider", "control": None, "note": "Certificate ISO/IEC 27018"}
        if row.ref in NOT_HERE:
            told = {"split": "na", "control": None, "note": NOT_HERE[row.ref]}
        elif row.ref in OURS:
            split = "customer" if row.ref in ALONE else "shared"
            told = {"split": split, "control": controls.get(OURS[row.ref]), "note": ""}
        duties[row] = told
    divide_duties(party=party, duties=duties, by=stage.person("Ilves"), reason="Terms of the service read")
