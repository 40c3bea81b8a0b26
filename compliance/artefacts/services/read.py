"""What a worker does with a file that arrived: it reads it, and writes down what it found or why it could not."""

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from compliance.artefacts import facts
from compliance.artefacts.formats.app_files import observe
from compliance.artefacts.formats.json_file import Unreadable
from compliance.artefacts.formats.observation import Observed
from compliance.artefacts.models import Artefact, State
from compliance.artefacts.services.artefact import check_move, have_told
from compliance.files.models import Blob
from compliance.files.store import FileDamaged, open_verified, store
from compliance.ledger import change
from compliance.projects.models import Release

READER = "artefact reader"
PACKAGES = {"apk", "aab", "ipa"}


def read_artefact(*, artefact: Artefact, hold: Callable[[], object] = lambda: None) -> Artefact:
    """Read a file and write down what it says, in one transaction that begins with `hold()`. Done twice it is done
    once: an artefact that is not being read is left alone.
    """
    if artefact.state != State.READING:
        return artefact
    try:
        observed, problem = _observed(artefact), ""
    except (Unreadable, FileDamaged) as refused:
        observed, problem = None, str(refused)
    kept = _kept(observed) if observed else None
    with change(by=READER, reason=f"{artefact.file_name} was read"):
        hold()
        release = Release.objects.select_for_update().get(pk=artefact.release_id)
        row = Artefact.objects.select_related("project").get(pk=artefact.pk)
        if row.state != State.READING:
            return row
        row.release = release
        if observed and kept:
            _write(row, observed, kept)
        else:
            check_move(row, State.REFUSED)
            row.state, row.message = State.REFUSED, problem[:2000]
        row.save()
        have_told(row)
    return row


def _observed(artefact: Artefact) -> Observed:
    """Facts of the file; those that a part says are marked with its name."""
    with open_verified(artefact.blob) as stream:
        found = observe(stream)
    if not artefact.part:
        return found
    return replace(
        found, observations=tuple(one if one.by else replace(one, by=artefact.part) for one in found.observations)
    )


def _kept(observed: Observed) -> Blob:
    return store(io.BytesIO(facts.written(observed)), limit=facts.MOST_BYTES, name="What was read", types=None)


def _write(row: Artefact, observed: Observed, kept: Blob) -> None:
    check_move(row, State.READ)
    row.state, row.message, row.facts = State.READ, "", kept
    row.kind, row.platform = observed.format, observed.platform or row.platform
    row.subject, row.subject_version = observed.subject[:200], observed.version[:80]
    row.counts = dict(sorted(Counter(one.kind for one in observed.observations).items()))
    if not row.tool and observed.tool:
        row.tool, row.tool_version = split_tool(observed.tool)
    row.remarks = [*observed.remarks, *_build(row, observed)]
    for older in Artefact.objects.alike(row).counting():
        _supersede(older, row)


def _build(row: Artefact, observed: Observed) -> list[str]:
    """Settle which build it speaks of: the file itself, the file a report names, or what the sender said."""
    says = row.blob_id if row.kind in PACKAGES else observed.value("file", "sha256").lower()
    if says and row.build_hash and says != row.build_hash:
        said, row.build_hash = row.build_hash, says
        return [f"It was handed in for build {said[:12]}…, but speaks of {says[:12]}…."]
    row.build_hash = row.build_hash or says[:64]
    return []


def _supersede(older: Artefact, newer: Artefact) -> None:
    check_move(older, State.SUPERSEDED)
    older.state, older.message = State.SUPERSEDED, f"{newer.reference} took its place."
    older.save()


def split_tool(text: str) -> tuple[str, str]:
    """Name and version of a tool that is called "MobSF 4.1.3"."""
    name, _, last = text.rpartition(" ")
    return (name[:160], last[:40]) if name and last[:1].isdigit() else (text[:160], "")


def told(release: Release) -> dict[str, Any]:
    """Have every room bring up to date what it makes of a release's artefacts; returns their names."""
    from compliance.artefacts.registry import observers

    for observe_release in observers:
        observe_release(release)
    return {"told": observers.keys()}
