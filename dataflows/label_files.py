"""From what was derived to the file a store takes, and from a file to what it declares."""

from dataclasses import dataclass, field

from compliance.artefacts.formats import Unreadable, app_store_privacy, play_data_safety
from compliance.artefacts.formats.app_store_privacy import LabelUse
from compliance.artefacts.formats.play_data_safety import NO, YES, DataUse, Key
from compliance.artefacts.formats.play_questions import (
    ACCOUNT_METHODS,
    ACCOUNT_URL,
    ACCOUNTS,
    COLLECTS,
    DELETION,
    DELETION_URL,
    DELETIONS,
    ENCRYPTED,
)
from dataflows.label_rules import APPLE, PLAY, Derived
from dataflows.models import StoreDeclaration

__all__ = ["Published", "Unreadable", "file_of", "read_file"]


@dataclass(frozen=True)
class Published:
    """What a file declares: types by their codes, and for Google the answers about the whole app."""

    store: str
    play: dict[str, DataUse] = field(default_factory=dict)
    apple: dict[str, LabelUse] = field(default_factory=dict)
    general: dict[Key, str] = field(default_factory=dict)

    @property
    def codes(self) -> list[str]:
        return list(self.play if self.store == PLAY else self.apple)


def read_file(store: str, data: bytes) -> Published:
    """What a file declares. Raises Unreadable, which names line or key."""
    if store == PLAY:
        meant = play_data_safety.declared(play_data_safety.read(data))
        return Published(PLAY, play=meant.types, general=meant.general)
    return Published(APPLE, apple=app_store_privacy.declared(app_store_privacy.read(data)))


def file_of(declaration: StoreDeclaration, derived: Derived, before: bytes | None) -> bytes:
    """The file that declares what was derived; what it cannot know stays as the file before it has it."""
    if declaration.is_play:
        form = play_data_safety.read(before) if before else play_data_safety.blank()
        answers = play_data_safety.answers_of(line.as_play() for line in derived.lines)
        answers |= _general(declaration, derived)
        present = {row.key for row in form.rows}
        return play_data_safety.write(
            play_data_safety.with_answers(form, {k: v for k, v in answers.items() if v or k in present})
        )
    label = app_store_privacy.read(before) if before else app_store_privacy.Label()
    return app_store_privacy.write(app_store_privacy.with_uses(label, (line.as_apple() for line in derived.lines)))


def _general(declaration: StoreDeclaration, derived: Derived) -> dict[Key, str]:
    """The answers about the whole app: from the flows, and what the declaration says; nothing said changes nothing."""
    answers: dict[Key, str] = {(COLLECTS, ""): YES if derived.lines else NO}
    if derived.lines:
        answers[ENCRYPTED, ""] = YES if derived.encrypted else NO
    if declaration.account_methods:
        answers |= {(ACCOUNTS, one): YES if one in declaration.account_methods else "" for one in ACCOUNT_METHODS}
    if declaration.data_deletion:
        answers |= {(DELETION, one): YES if one == declaration.data_deletion else "" for one in DELETIONS}
    for question, url in (
        (ACCOUNT_URL, declaration.account_deletion_url),
        (DELETION_URL, declaration.data_deletion_url),
    ):
        if url:
            answers[question, ""] = url
    return answers
