"""Artefacts come in, are read, superseded, removed and taken up again here."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from compliance.accounts.models import User
from compliance.artefacts.formats.app_files import LABELS
from compliance.artefacts.models import MOVES, Artefact, Source, State, UploadToken
from compliance.files.download import safe_name
from compliance.files.uploads import Upload, judged
from compliance.jobs.services import enqueue
from compliance.ledger import Refused, change, governed
from compliance.ledger.context import simulated_moment
from compliance.projects.models import Release

READ, TELL = "artefacts.read", "artefacts.tell"
MOST_FILES = 50


class WrongMove(Refused):
    """The artefact cannot go there from where it stands."""


@dataclass(frozen=True)
class About:
    """What the sender says of files; what is empty is taken from the file, where it says it."""

    platform: str = ""
    part: str = ""
    tool: str = ""
    tool_version: str = ""
    build_hash: str = ""
    commit: str = ""
    generated_at: datetime | None = None


@dataclass(frozen=True)
class Taken:
    """An artefact, and whether the same bytes were there already."""

    artefact: Artefact
    known: bool = False


def receive_artefacts(
    *,
    release: Release,
    uploads: list[Upload],
    by: User | UploadToken,
    about: About = About(),
    reason: str = "",
) -> list[Taken]:
    """Keep files of a release, all or none, and have them read by a worker. Raises FilesRefused, Refused.

    The same bytes twice are one artefact: one that was superseded is taken up again, a removed one is not.
    """
    if release.state == Release.State.WITHDRAWN:
        raise Refused(f"Release {release.name} is withdrawn: nothing is handed in for it any more.")
    if not uploads:
        raise Refused("Choose at least one file.")
    if len(uploads) > MOST_FILES:
        raise Refused(f"Hand in at most {MOST_FILES} files at once; these are {len(uploads)}.")
    actor = f"upload {by.reference}" if isinstance(by, UploadToken) else by
    with judged(uploads, types=None), change(by=actor, reason=reason):
        Release.objects.select_for_update().get(pk=release.pk)
        return [_take(release, upload, by, about) for upload in uploads]


def _take(release: Release, upload: Upload, by: User | UploadToken, about: About) -> Taken:
    blob, name, part = upload.keep(), safe_name(upload.name), about.part or part_in(upload.name)
    same = Artefact.objects.of(release).filter(blob=blob, part=part).order_by("uploaded_at").last()
    if same is not None:
        if same.state == State.REMOVED:
            raise WrongMove(f"{name} was removed as {same.reference} ({same.message}): have it read again on its page.")
        if same.state not in {State.READ, State.READING}:
            same.release = release
            _begin(same)
        return Taken(same, known=True)
    token = by if isinstance(by, UploadToken) else None
    row = Artefact(
        project=release.project,
        release=release,
        file_name=name,
        blob=blob,
        size=blob.size,
        source=Source.CI_API if token else Source.UI,
        uploaded_by=None if isinstance(by, UploadToken) else by,
        token=token,
        uploaded_at=now(),
        **{**about.__dict__, "part": part},
    )
    row.save()
    _have_read(row)
    return Taken(row)


def part_in(name: str) -> str:
    """The SDK a privacy manifest is of, when its file is called after it: Adspire.xcprivacy."""
    stem, dot, ending = name.rpartition(".")
    if not dot or ending.lower() != "xcprivacy":
        return ""
    return stem.replace("PrivacyInfo", "").strip(" -_.()0123456789")[:120]


@governed("Say why it is removed")
def remove_artefact(*, artefact: Artefact, by: User, reason: str) -> Artefact:
    """Take an artefact out of what counts; the file, what was read and the reason stay."""
    check_move(artefact, State.REMOVED)
    with change(by=by, reason=reason):
        artefact.state, artefact.message = State.REMOVED, reason.strip()
        artefact.save()
        have_told(artefact)
    return artefact


@governed("Say why it is read again")
def read_again(*, artefact: Artefact, by: User, reason: str) -> Artefact:
    """Have a file read anew: one that was refused, superseded or removed, or whose reading broke off."""
    if artefact.release.state == Release.State.WITHDRAWN:
        raise Refused(f"Release {artefact.release.name} is withdrawn: nothing is read for it any more.")
    with change(by=by, reason=reason):
        _begin(artefact)
    return artefact


def _begin(artefact: Artefact) -> None:
    if artefact.state != State.READING:
        check_move(artefact, State.READING)
        artefact.state, artefact.message = State.READING, ""
        artefact.save()
    _have_read(artefact)


def _have_read(artefact: Artefact) -> None:
    """The job is written with the artefact, so neither is there without the other; a simulation reads by itself."""
    if simulated_moment() is None:
        enqueue(READ, {"artefact": str(artefact.pk)}, by=artefact.uploaded_by, key=job_key(artefact))


def have_told(artefact: Artefact) -> None:
    """Have the rooms told that the artefacts of its release changed; each change asks anew, none is lost."""
    if simulated_moment() is None:
        key = f"{artefact.release_id}:{artefact.pk}:{artefact.version}"
        enqueue(TELL, {"release": str(artefact.release_id)}, key=key)


def job_key(artefact: Artefact) -> str:
    """What the job that reads it is known by."""
    return f"artefact:{artefact.pk}"


def check_move(artefact: Artefact, to: str) -> None:
    """Raises WrongMove unless MOVES leads there."""
    if to in MOVES[artefact.state]:
        return
    ahead = [str(label).lower() for value, label in State.choices if value in MOVES[artefact.state]]
    raise WrongMove(
        f"{artefact.reference} is {artefact.get_state_display().lower()}: it cannot become "
        f"{State(to).label.lower()}. From there it can become {' or '.join(ahead)}."
    )


def known_formats() -> str:
    """What can be handed in, in words."""
    return ", ".join(LABELS.values())


def now() -> datetime:
    """The moment of this change: simulated in a demonstration."""
    return simulated_moment() or timezone.now()
