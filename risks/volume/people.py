"""Who works in the projects: a product owner and a contributor each, as the services grant it."""

from random import Random

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects.models import Membership, Organisation, Project
from compliance.projects.services import sync_permissions

BY = "load_volume"
PROJECTS_EACH = 25
FIRST = (
    "Ada",
    "Ben",
    "Cleo",
    "Dina",
    "Emil",
    "Finn",
    "Greta",
    "Hugo",
    "Ida",
    "Jan",
    "Kira",
    "Leo",
    "Mila",
    "Nils",
    "Olga",
)
LAST = (
    "Albers",
    "Brix",
    "Conti",
    "Duarte",
    "Engel",
    "Fabre",
    "Grau",
    "Holm",
    "Jansen",
    "Kova",
    "Lind",
    "Meyer",
    "Novak",
)


def people_for(organisation: Organisation, projects: list[Project], rng: Random) -> list[User]:
    """New people, the same ones for the same seed and number of projects."""
    start = User.objects.filter(email__endswith="@volume.example").count()
    users = []
    for number in range(start, start + 2 + 2 * len(projects) // PROJECTS_EACH):
        user = User(email=f"person-{number:05}@volume.example", name=f"{rng.choice(FIRST)} {rng.choice(LAST)}")
        user.set_unusable_password()
        users.append(user)
    with change(by=BY, reason="People of the larger organisation"):
        User.objects.bulk_create(users)
    return users


def staff(organisation: Organisation, projects: list[Project], users: list[User], rng: Random) -> None:
    """Give every project its two people. Needs a `change()` around it; `give_access` afterwards opens the doors."""
    rows = []
    for project in projects:
        owner, contributor = rng.sample(users, 2)
        for user, role in ((owner, "product_owner"), (contributor, "contributor")):
            rows.append(Membership(organisation=organisation, project=project, user=user, role=role))
    Membership.objects.bulk_create(rows)


def give_access(organisation: Organisation, users: list[User]) -> None:
    """The permission rows that follow from the memberships."""
    for user in users:
        with change(by=BY, reason="Staff of the project"):
            sync_permissions(user, organisation)
