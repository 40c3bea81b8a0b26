"""Making the organisation large: in batches, so that memory does not grow with the number of projects."""

import gc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random

from django.db.models import Q
from django.utils.text import slugify

from compliance.ledger import change, origin, simulate
from compliance.ledger.models import Entry, Stream, open_stream
from compliance.ledger.sealing import NoKey, seal
from compliance.projects.models import Organisation, Project
from risks.volume.copying import Rows, copies
from risks.volume.edits import edits
from risks.volume.pattern import Pattern, read_pattern
from risks.volume.people import BY, give_access, people_for, staff

PROJECTS_AT_ONCE = 40
BEGIN_DAYS, BUILT_DAYS = 330, 150  # copies are made in the first half of the year, edited in the second
ADJECTIVES = (
    "Amber",
    "Brisk",
    "Calm",
    "Deep",
    "Early",
    "Fair",
    "Glad",
    "Ivory",
    "Jolly",
    "Keen",
    "Lucid",
    "Merry",
    "Open",
)
NOUNS = (
    "Atlas",
    "Beacon",
    "Canvas",
    "Delta",
    "Ember",
    "Forge",
    "Garden",
    "Harbor",
    "Island",
    "Kiosk",
    "Market",
    "Orbit",
)
Tell = Callable[[str], None]


def grow(organisation: Organisation, *, projects: int, history: int, seed: int, tell: Tell) -> None:
    """Bring the organisation to so many projects, then its history to so many rows."""
    rng = Random(f"{seed}/{projects}/{history}")  # noqa: S311  the same records again, not secrets
    now = datetime.now(UTC)
    with origin("command"):
        _add_projects(organisation, projects, now, rng, tell)
        _add_history(organisation, history, now - timedelta(days=BUILT_DAYS), rng, tell)
    _seal(tell)


def history_rows(organisation: Organisation) -> int:
    """The entries of the organisation and its projects."""
    below = Stream.objects.filter(parent=organisation.stream).values("key")
    return Entry.objects.filter(Q(stream=organisation.stream) | Q(stream__in=below)).count()


def _add_projects(organisation: Organisation, wanted: int, now: datetime, rng: Random, tell: Tell) -> None:
    there = list(Project.objects.in_organisation(organisation).order_by("reference"))
    missing = wanted - len(there)
    if missing <= 0:
        return
    pattern = read_pattern(there[:2])
    names = _names({project.slug for project in there}, rng)
    fresh = [Project(organisation=organisation, name=name, slug=slugify(name)) for name in islice(names, missing)]
    users = people_for(organisation, fresh, rng)
    for start in range(0, missing, PROJECTS_AT_ONCE):
        batch = fresh[start : start + PROJECTS_AT_ONCE]
        at = now - timedelta(days=BEGIN_DAYS - (BEGIN_DAYS - BUILT_DAYS) * start / missing)
        with simulate(at), change(by=BY, reason="New app"):
            _start(organisation, batch, there)
            staff(organisation, batch, users, rng)
            _write(pattern, batch, rng, full=start == 0 and len(there) <= 2)
        tell(f"{start + len(batch)} of {missing} projects")
        _seal(tell)
    with simulate(now - timedelta(days=BUILT_DAYS)):
        give_access(organisation, users)


def _names(taken: set[str], rng: Random) -> Iterator[str]:
    """Names of apps nobody has yet."""
    number = 0
    while True:
        number += 1
        pairs = [f"{one} {other}" for one in ADJECTIVES for other in NOUNS]
        rng.shuffle(pairs)
        for pair in pairs:
            name = pair if number == 1 else f"{pair} {number}"
            if slugify(name) not in taken:
                yield name


def _start(organisation: Organisation, batch: list[Project], like: list[Project]) -> None:
    for number, project in enumerate(batch):
        pattern = like[number % 2]
        for name in ("summary", "role", "countries", "users_count", "masvs_profile", "takes_payments"):
            setattr(project, name, getattr(pattern, name))
        project.summary = project.summary.replace(pattern.name, project.name)
        open_stream(project.stream, parent=organisation.stream, simulated=organisation.demonstration)
    Project.objects.bulk_create(batch)


def _write(pattern: Pattern, batch: list[Project], rng: Random, *, full: bool) -> None:
    rows: Rows = {}
    for number, project in enumerate(batch):
        for model, made in copies(pattern, project, rng, full=full and number == 0).items():
            rows.setdefault(model, []).extend(made)
    for model in pattern.models:
        if model in rows:
            model._default_manager.bulk_create(rows.pop(model))


def _add_history(organisation: Organisation, wanted: int, since: datetime, rng: Random, tell: Tell) -> None:
    there = history_rows(organisation)
    largest = Project.objects.in_organisation(organisation).order_by("reference")[2:3].first()
    if largest is None or there >= wanted:
        tell(f"{there} history rows")
        return
    for number, (made, _) in enumerate(edits(organisation, largest, wanted - there, since, rng)):
        if number % 10 == 9:
            tell(f"{there + made} of {wanted} history rows")
            _seal(tell)
    tell(f"{history_rows(organisation)} history rows")


def _seal(tell: Tell) -> None:
    """SQLite has sealed already; elsewhere it is done here, or by the sealer where only that holds the key."""
    try:
        seal()
    except NoKey:
        tell("not sealed here: the sealer does it")
    gc.collect()
