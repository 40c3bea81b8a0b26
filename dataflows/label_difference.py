"""Where a label that is published differs from what follows from the flows: line by line, with the reason."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from compliance.artefacts.formats.play_data_safety import NO, YES
from compliance.artefacts.formats.play_questions import COLLECTS, ENCRYPTED
from dataflows.label_files import Published
from dataflows.label_rules import PLAY, Derived, Ground, Line, by_flow, purpose_labels, type_label

LESS, MORE = "less", "more"


@dataclass(frozen=True)
class Difference:
    """One thing a label says otherwise. `weight` is less when it hides something, more when no flow needs it.

    `reason` is what the version that was approved says about it.
    """

    key: str
    label: str
    published: str
    derived: str
    weight: str
    because: tuple[Ground, ...] = field(default=())
    reason: str = ""

    @property
    def flows(self) -> list[str]:
        return list(dict.fromkeys(ground.flow for ground in self.because))

    @property
    def grounds(self) -> list[tuple[str, str, str]]:
        return by_flow(self.because)

    @property
    def contradicts(self) -> bool:
        """Whether it says less than is done, and nobody has given a reason that was approved."""
        return self.weight == LESS and not self.reason

    def __str__(self) -> str:
        flows = f" ({', '.join(self.flows)})" if self.flows else ""
        return f"{self.label}: published “{self.published}”, by the flows “{self.derived}”{flows}."


def differences(published: Published, derived: Derived, reasons: Mapping[str, str] | None = None) -> list[Difference]:
    """Everything a published label says otherwise than the flows; what hides something first."""
    found = list(_general(published, derived))
    taken: set[str] = set()
    for line in derived.lines:
        code = next((one for one in (line.code, *line.instead) if one in published.codes), None)
        if code is None:
            yielded = Difference(
                f"{line.code}:missing",
                line.label,
                "not declared",
                ", ".join(line.handling),
                LESS,
                line.because,
            )
            found.append(yielded)
            continue
        taken.add(code)
        found += _of_type(published, code, line)
    accepted = {code for line in derived.lines for code in (line.code, *line.instead)}
    for code in published.codes:
        if code not in taken and code not in accepted:
            label = type_label(published.store, code)
            found.append(Difference(f"{code}:extra", label, "declared", "no approved flow carries it", MORE))
    given = reasons or {}
    said = [Difference(**{**vars(one), "reason": given.get(one.key, "")}) for one in found]
    return sorted(said, key=lambda one: one.weight != LESS)


def _general(published: Published, derived: Derived) -> Iterator[Difference]:
    if published.store != PLAY:
        return
    said = published.general.get((COLLECTS, ""), "")
    if derived.lines and said == NO:
        grounds = tuple(ground for line in derived.lines for ground in line.because)
        yield Difference("collects", "Collects or shares user data", "no", "yes", LESS, grounds)
    if derived.bare and published.general.get((ENCRYPTED, "")) == YES:
        yield Difference("encrypted", "All of it is encrypted in transit", "yes", "no", LESS, derived.bare)
    if derived.lines and not derived.bare and published.general.get((ENCRYPTED, "")) == NO:
        yield Difference("encrypted", "All of it is encrypted in transit", "no", "yes", MORE)


def _of_type(published: Published, code: str, line: Line) -> Iterator[Difference]:
    yield from _play(published, code, line) if published.store == PLAY else _apple(published, code, line)


def _play(published: Published, code: str, line: Line) -> Iterator[Difference]:
    use = published.play[code]
    for name, word in (("collected", "collected"), ("shared", "shared")):
        yield from _flag(line, code, word, said=getattr(use, name), follows=getattr(line, name))
    if line.collected and use.collected:
        if use.ephemeral is not None:
            yield from _flag(line, code, "kept", said=not use.ephemeral, follows=not line.ephemeral)
        if use.optional is not None:
            yield from _flag(line, code, "required", said=not use.optional, follows=not line.optional)
        yield from _purposes(line, code, "collected for", use.collected_for, line.collected_for)
    if line.shared and use.shared:
        yield from _purposes(line, code, "shared for", use.shared_for, line.shared_for)


def _apple(published: Published, code: str, line: Line) -> Iterator[Difference]:
    use = published.apple[code]
    yield from _flag(line, code, "linked to the person", said=bool(use.linked), follows=line.linked)
    yield from _flag(line, code, "used to track", said=use.tracked, follows=line.tracked)
    yield from _purposes(line, code, "used for", use.purposes, line.collected_for)


def _flag(line: Line, code: str, word: str, *, said: bool, follows: bool) -> Iterator[Difference]:
    if said != follows:
        words = (word, f"not {word}")
        label = type_label(line.store, code)
        weight = LESS if follows else MORE
        yield Difference(f"{code}:{word}", label, words[not said], words[not follows], weight, line.because)


def _purposes(line: Line, code: str, word: str, said: Iterable[str], follows: Iterable[str]) -> Iterator[Difference]:
    published, derived = set(said), set(follows)
    if published == derived:
        return
    weight = LESS if derived - published else MORE
    shown = [", ".join(purpose_labels(line.store, one)) or "nothing" for one in (published, derived)]
    label = f"{type_label(line.store, code)}, {word}"
    yield Difference(f"{code}:{word}", label, shown[0], shown[1], weight, line.because)
