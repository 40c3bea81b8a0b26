"""What the artefacts of a release say of its build, now or as it was known at a moment; for the rooms above."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from compliance.artefacts import facts
from compliance.artefacts.formats.observation import Observed
from compliance.artefacts.models import Artefact, State
from compliance.files.models import Blob
from compliance.files.store import open_verified
from compliance.ledger import as_of
from compliance.projects.models import Release


def artefacts_of(release: Release, at: datetime | None = None) -> list[Artefact]:
    """The artefacts that speak for a release, the oldest first; `at` a moment, those that did then."""
    if at is None:
        rows: Iterable[Artefact] = Artefact.objects.of(release).counting().order_by("uploaded_at", "reference")
        return list(rows)
    past = as_of(Artefact, at, stream=f"project:{release.project_id}").filter(release=release.pk, state=State.READ)
    return past.order_by("uploaded_at", "reference").instances()


def platforms_of(artefacts: Iterable[Artefact]) -> tuple[str, ...]:
    """The platforms artefacts name, in the order of the alphabet."""
    return tuple(sorted({one.platform for one in artefacts if one.platform}))


def build_of(
    release: Release, platform: str = "", at: datetime | None = None, *, among: Sequence[Artefact] | None = None
) -> tuple[Observed, ...]:
    """What a build says on one platform (empty: on all). What names no platform, as most component lists, counts for
    each. `among` are the artefacts when the caller has them. Raises FileDamaged.
    """
    found = artefacts_of(release, at) if among is None else among
    return tuple(observed_of(one) for one in found if not platform or one.platform in ("", platform))


def observed_of(artefact: Artefact) -> Observed:
    """What was read in one artefact; nothing when it was not read. Raises FileDamaged."""
    return Observed(artefact.kind) if artefact.facts_id is None else facts_of(artefact.facts_id)


def facts_of(sha256: str) -> Observed:
    """What was read, by the hash it is kept under. Raises FileDamaged."""
    with open_verified(Blob(sha256=sha256)) as stream:
        return facts.read(stream.read())


def release_before(release: Release, platform: str = "", at: datetime | None = None) -> Release | None:
    """The release published last before this one that has artefacts of the platform."""
    published = releases_before(release, at)
    known = {pk for pk, _ in having(release, published, platform, at)}
    return next((one for one in published if one.pk in known), None)


def releases_before(release: Release, at: datetime | None = None) -> list[Release]:
    """Those published before this one, the newest first."""
    if at is None:
        rows = list(Release.objects.filter(project=release.project_id, released_at__isnull=False))
    else:
        stream = f"project:{release.project_id}"
        rows = as_of(Release, at, stream=stream).filter(released_at__isnull=False).instances()
    until = release.released_at
    earlier = [
        one for one in rows if one.pk != release.pk and one.released_at and (not until or one.released_at < until)
    ]
    return sorted(earlier, key=lambda one: (one.released_at, one.reference), reverse=True)


def having(
    release: Release, releases: Iterable[Release], platform: str, at: datetime | None = None
) -> list[tuple[object, str]]:
    """Which of these releases have artefacts of a platform: pairs of key and platform."""
    keys, wanted = [one.pk for one in releases], ["", platform] if platform else ["", "android", "ios"]
    if at is None:
        rows = Artefact.objects.counting().filter(release__in=keys, platform__in=wanted)
        return list(rows.order_by().values_list("release_id", "platform").distinct())
    past = as_of(Artefact, at, stream=f"project:{release.project_id}")
    found = past.filter(release__in=keys, state=State.READ, platform__in=wanted).instances()
    return sorted({(one.release_id, one.platform) for one in found}, key=str)
