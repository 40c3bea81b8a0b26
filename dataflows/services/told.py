"""Notices, consents and store labels: entered, written and answered. Their way into force is in told_moves.py."""

import io
from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from compliance.accounts.models import User
from compliance.artefacts.formats import Unreadable
from compliance.artefacts.formats.play_questions import ACCOUNT_METHODS
from compliance.files import store as files
from compliance.files.models import Blob
from compliance.ledger import Refused, change
from compliance.projects.models import Project
from controls.services.moves import now
from dataflows.label_files import file_of, read_file
from dataflows.label_rules import derive
from dataflows.models import Consent, ConsentCount, DataFlow, Notice, StoreDeclaration, TextVersion
from dataflows.models.told import UNFINISHED, TextState, Told
from dataflows.services.saving import BadValue, assign, known_codes, save

LONGEST_TEXT = 200_000
LONGEST_ANSWER = 300
MOST_ANSWERS = 500
MOST_BYTES = 20 * 1024 * 1024
About = TypeVar("About", Notice, Consent, StoreDeclaration)


class LabelUnreadable(Refused):
    """The file is no form of the store; the message names line or key."""


def add_told(*, project: Project, model: type[About], by: User, reason: str = "", **fields: Any) -> About:
    """Enter a notice, a consent or a declaration; its first version is drafted next. Raises BadValue."""
    return _write(model(project=project), fields, by, reason)


def change_told(*, about: About, by: User, reason: str = "", **fields: Any) -> About:
    """Change what is said about it; the approval of a published version turns outdated where it covers that."""
    return _write(about, fields, by, reason)


def _write(about: About, fields: Mapping[str, Any], by: User, reason: str) -> About:
    with change(by=by, reason=reason):
        assign(about, fields)
        if not 1 <= about.review_months <= 60:
            raise BadValue("Months between reviews: look at it every 1 to 60 months.")
        if isinstance(about, StoreDeclaration):
            _check_declaration(about)
        save(about)
    return about


def _check_declaration(about: StoreDeclaration) -> None:
    if about.target.project_id != about.project_id:
        raise BadValue("Store listing: choose one of this project.")
    about.account_methods = known_codes(about.account_methods, ACCOUNT_METHODS, "How accounts are made")
    if "PSL_ACM_NONE" in about.account_methods and len(about.account_methods) > 1:
        raise BadValue("How accounts are made: there are none, or there are some.")


def draft_text(
    *,
    about: Notice | Consent | StoreDeclaration,
    summary: str,
    by: User,
    text: str = "",
    upload: files.Received | None = None,
    name: str = "",
    reason: str = "",
) -> TextVersion:
    """Begin the next version, or go on with its draft; the published one stays until the next is. Raises Refused.

    The file of a store label is read first. Answers to the checklist are taken over from the version before.
    """
    last = about.versions.order_by("-number").first()
    if last is not None and last.state == TextState.DRAFT:
        version = last
    elif last is not None and last.state in UNFINISHED:
        raise Refused(f"{last} is {last.get_state_display().lower()}: send it back or withdraw it first.")
    else:
        version = TextVersion(project=about.project, number=last.number + 1 if last else 1)
        setattr(version, about.kind, about)
        version.answers = last.answers if last else {}
    _check_text(about, version, summary, text, upload)
    with change(by=by, reason=reason or summary):
        version.author, version.summary, version.text = by, summary.strip(), text.replace("\r\n", "\n")
        if upload is not None:
            version.blob, version.file_name = upload.keep(), files_name(name, about)
        version.save()
    return version


def files_name(name: str, about: Told) -> str:
    """The name a file is kept under."""
    return name[-255:] or (about.file_name if isinstance(about, StoreDeclaration) else "notice")


def _check_text(about: Told, version: TextVersion, summary: str, text: str, upload: files.Received | None) -> None:
    if not summary.strip() or len(summary) > 300:
        raise BadValue("What changed: say it in 1 to 300 letters; First version will do for the first.")
    if len(text) > LONGEST_TEXT:
        raise BadValue(f"Text: it has at most {LONGEST_TEXT:,} letters; hand it in as a file.")
    if isinstance(about, StoreDeclaration):
        if upload is not None:
            _check_label(about, upload.draft.read_bytes())
        elif version.blob_id is None:
            raise BadValue("File: hand in the file of the store, or derive it from the flows.")
    elif not text.strip() and upload is None and version.blob_id is None:
        raise BadValue("Text: write it, or hand in a file.")


def _check_label(about: StoreDeclaration, data: bytes) -> None:
    try:
        read_file(about.store, data)
    except Unreadable as unreadable:
        raise LabelUnreadable(f"File: {unreadable}") from unreadable


def derive_label(*, declaration: StoreDeclaration, flows: list[DataFlow], by: User, reason: str = "") -> TextVersion:
    """Draft a version that declares what follows from these approved flows, on the form of the version before."""
    last = declaration.versions.select_related("blob").order_by("-number").first()
    before = content_of(last.blob) if last and last.blob else None
    data = file_of(declaration, derive(flows, declaration.store), before)
    received = files.receive(io.BytesIO(data), limit=MOST_BYTES, name=declaration.file_name, types=None)
    try:
        return draft_text(
            about=declaration,
            summary="Derived from the approved flows",
            upload=received,
            name=declaration.file_name,
            by=by,
            reason=reason,
        )
    finally:
        received.discard()


def content_of(blob: Blob) -> bytes:
    """The bytes of a kept file, checked against their hash."""
    with files.open_verified(blob) as stream:
        return stream.read()


def answer_text(
    *, version: TextVersion, part: str, answers: Mapping[str, str], by: User, reason: str = ""
) -> TextVersion:
    """Say where a draft answers what is asked: `part` is checklist, said or reasons; empty ones go. Raises BadValue."""
    if version.state != TextState.DRAFT:
        raise Refused(f"{version} is {version.get_state_display().lower()}: only a draft is answered. Begin a version.")
    given = {key: value.strip() for key, value in answers.items()}
    long = next((key for key, value in given.items() if len(value) > LONGEST_ANSWER), None)
    if long is not None:
        raise BadValue(f"{long}: say it in {LONGEST_ANSWER} letters at most.")
    kept = {**version.answers.get(part, {}), **given}
    if len(kept) > MOST_ANSWERS:
        raise BadValue(f"There are at most {MOST_ANSWERS} answers to one text.")
    with change(by=by, reason=reason or "Checked against the flows"):
        version.answers = {**version.answers, part: {key: value for key, value in sorted(kept.items()) if value}}
        version.save()
    return version


def record_counts(
    *,
    wording: TextVersion,
    month: date,
    given: int,
    refused: int,
    withdrawn: int,
    by: User,
    source: str = "",
    reason: str = "",
) -> ConsentCount:
    """Keep how often a wording was answered in a month; said again, it replaces what was said. Raises BadValue."""
    if wording.published_at is None:
        raise BadValue(f"{wording} was never published: nobody can have answered it.")
    first = month.replace(day=1)
    if first > now().date():
        raise BadValue("Month: it is still to come.")
    count = ConsentCount.objects.filter(wording=wording, month=first).first()
    count = count or ConsentCount(project=wording.project, wording=wording, month=first)
    with change(by=by, reason=reason or "Counted"):
        count.given, count.refused, count.withdrawn, count.source = given, refused, withdrawn, source.strip()
        save(count)
    return count
