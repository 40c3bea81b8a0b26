"""Lumaro Apps GmbH, its people and their roles. All invented."""

from typing import Any

from allauth.account.models import EmailAddress

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects.services import create_organisation, grant_role, update_organisation
from risks.demo.stage import Stage

PEOPLE = [
    ("Ilves", "Marta Ilves", "Compliance officer"),
    ("Rehm", "Dr Jonas Rehm", "Data protection officer, external"),
    ("Sander", "Mia Sander", "Privacy counsel, deputy of the data protection officer"),
    ("Brandt", "Oskar Brandt", "Head of platform"),
    ("Haddad", "Leila Haddad", "Product owner Stridewell"),
    ("Wrona", "Tomasz Wrona", "Product owner Korvo Wallet"),
    ("Nair", "Priya Nair", "Security engineer"),
    ("Voss", "Henrik Voss", "Head of payments"),
    ("Neumann", "Clara Neumann", "Chief operating officer"),
    ("Falk", "Ines Falk", "Internal auditor, contractor"),
    ("Castellanos", "Ruben Castellanos", "Certification auditor"),
]
# family name, role, scope (L the organisation, S Stridewell, K Korvo Wallet), first and last day
ROLES: list[tuple[str, str, str, int | None, int | None]] = [
    ("Ilves", "compliance_officer", "L", None, None),
    ("Ilves", "risk_owner", "L", None, None),
    ("Rehm", "dpo", "L", None, None),
    ("Sander", "dpo", "L", None, None),
    ("Brandt", "risk_owner", "L", None, None),
    ("Haddad", "product_owner", "S", None, None),
    ("Haddad", "risk_owner", "S", None, None),
    ("Wrona", "product_owner", "K", None, None),
    ("Wrona", "risk_owner", "K", None, None),
    ("Nair", "contributor", "S", None, None),
    ("Nair", "contributor", "K", None, None),
    ("Voss", "risk_owner", "L", None, None),
    ("Neumann", "executive", "L", None, None),
    ("Neumann", "risk_owner", "L", None, None),
    ("Falk", "auditor", "L", -45, 30),
]
SIGN_IN = (
    "ilves@lumaro.example (compliance officer), haddad@… (product owner), rehm@… (DPO), neumann@… (executive), "
    "castellanos@… (auditor at a desk)"
)
SCOPE = (
    "Design, development, operation and support of the mobile applications Stridewell and Korvo Wallet and their "
    "backends, from Leipzig, Gdańsk and remote workplaces."
)


def make_people(stage: Stage, password: str) -> None:
    """The accounts; people are real from the day the demonstration is loaded."""
    with change(by="load_demo", reason="People of the demonstration"):
        for family, name, title in PEOPLE:
            email = f"{family.lower()}@lumaro.example"
            user = stage.people[family] = User.objects.create_user(email, password, name=name, job_title=title)
            EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)


def set_scenes(stage: Stage) -> None:
    """Found the organisation and give out the roles."""
    stage.on(-365, lambda: _found(stage))
    for family, role, scope, first, last in ROLES:
        day = -360 if scope == "L" else -340
        stage.on(
            day if first is None else min(first, 0),
            lambda args=(family, role, scope, first, last): _grant(stage, *args),
            10,
        )
    stage.on(-300, lambda: _write_scope(stage))


def _found(stage: Stage) -> None:
    brandt = stage.person("Brandt")
    organisation = create_organisation(
        name="Lumaro Apps",
        by="load_demo",
        admin=brandt,
        demonstration=True,
        legal_name="Lumaro Apps GmbH",
        country="DE",
        address="Karl-Heine-Straße 99, 04229 Leipzig, Germany",
        contact_email="privacy@lumaro.example",
        reason="Founded for the demonstration",
    )
    stage.keep("Lumaro", organisation)


def _grant(stage: Stage, family: str, role: str, scope: str, first: int | None, last: int | None) -> None:
    where: Any = stage.organisation if scope == "L" else stage.project(scope)
    granter = stage.person("Brandt") if family != "Brandt" else "load_demo"
    grant_role(
        user=stage.person(family),
        role=role,
        scope=where,
        by=granter,
        reason="Appointment letter on file",
        since=None if first is None else stage.moment(first, 0),
        until=None if last is None else stage.moment(last, 18),
    )


def _write_scope(stage: Stage) -> None:
    update_organisation(
        organisation=stage.get("Lumaro"),
        by=stage.person("Brandt"),
        scope_statement=SCOPE,
        dpo_name="Dr Jonas Rehm",
        dpo_contact="dpo@lumaro.example",
        reason="Scope approved by the management",
    )
