"""What the stores have to be told about an app, derived from its flows with the reason of every line.

Google calls data collected as soon as it leaves the device through the app, also for a moment (then it is ephemeral);
Apple only what is kept longer than the request takes. Neither counts what stays on the device or what nobody between
sender and recipient can read. Google's sharing leaves out processors acting for us and what people themselves ask for.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from compliance.artefacts.formats import app_store_privacy, play_questions
from compliance.artefacts.formats.app_store_privacy import LabelUse
from compliance.artefacts.formats.play_data_safety import DataUse
from dataflows.models import DataFlow, Party
from dataflows.told_vocabulary import store_categories, store_purposes

PLAY, APPLE = "play", "apple"
OUTSIDE_THE_APP = (DataFlow.Channel.MAIL, DataFlow.Channel.SERVER, DataFlow.Channel.CONSOLE, DataFlow.Channel.FILE)
BARE = ("", DataFlow.Protection.NONE)
ACTING_FOR_US = Party.CONTRACTED


@dataclass(frozen=True)
class Ground:
    """What one flow has to do with a line: its reference, and a sentence."""

    flow: str
    text: str
    data: str = ""


@dataclass(frozen=True)
class Line:
    """One type of data as a store has to be told of it; `instead` are types that may be declared in its place."""

    store: str
    code: str
    collected: bool = False
    shared: bool = False
    ephemeral: bool = False
    optional: bool = False
    linked: bool = False
    tracked: bool = False
    collected_for: frozenset[str] = frozenset()
    shared_for: frozenset[str] = frozenset()
    instead: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    because: tuple[Ground, ...] = ()

    @property
    def label(self) -> str:
        return type_label(self.store, self.code)

    @property
    def handling(self) -> list[str]:
        """What is said of it, in words."""
        if self.store == PLAY:
            said = [(self.collected, "collected"), (self.shared, "shared"), (self.ephemeral, "ephemeral")]
            said += [(True, "people can choose" if self.optional else "required")] if self.collected else []
        else:
            said = [(True, "linked to the person" if self.linked else "not linked"), (self.tracked, "used to track")]
        return [word for holds, word in said if holds]

    @property
    def purposes(self) -> list[str]:
        return purpose_labels(self.store, self.collected_for | self.shared_for)

    def as_play(self) -> DataUse:
        return DataUse(
            self.code,
            self.collected,
            self.shared,
            self.ephemeral if self.collected else None,
            self.optional if self.collected else None,
            self.collected_for,
            self.shared_for,
        )

    def as_apple(self) -> LabelUse:
        return LabelUse(self.code, self.linked, self.tracked, self.collected_for)


@dataclass(frozen=True)
class Derived:
    """A whole declaration: its lines, what was left out and why, and whether all of it is encrypted on its way."""

    store: str
    lines: tuple[Line, ...] = ()
    left_out: tuple[Ground, ...] = ()
    bare: tuple[Ground, ...] = field(default=())

    @property
    def encrypted(self) -> bool:
        return not self.bare


@dataclass(frozen=True)
class _Verdict:
    collected: bool
    shared: bool
    ephemeral: bool
    text: str


def type_label(store: str, code: str) -> str:
    """What a store calls a type of data; a code nobody knows stays as it is."""
    return (play_questions.TYPES if store == PLAY else app_store_privacy.CATEGORIES).get(code, code)


def purpose_labels(store: str, codes: Iterable[str]) -> list[str]:
    """Purposes as a store calls them, in its order."""
    known = play_questions.PURPOSES if store == PLAY else app_store_privacy.PURPOSES
    asked = set(codes)
    return [label for code, label in known.items() if code in asked] + sorted(asked - set(known))


def derive(flows: Iterable[DataFlow], store: str) -> Derived:
    """What a store has to be told about these flows, which are complete."""
    lines: dict[str, Line] = {}
    left, bare = [], []
    for flow in flows:
        verdict = judge(flow, store)
        if verdict.collected and flow.protection in BARE:
            bare.append(Ground(flow.reference, "It leaves the device, and no encryption on its way is stated."))
        for item in flow.data:
            ground = Ground(flow.reference, verdict.text, item.name)
            types = _types(item.category, store)
            if not (verdict.collected or verdict.shared):
                left.append(ground)
            elif not types:
                note = store_categories()[item.category].note if item.category in store_categories() else ""
                left.append(Ground(flow.reference, f"The store has no type for it. {note}".strip(), item.name))
            for code in types if verdict.collected or verdict.shared else ():
                new = _line(flow, item.category, code, store, verdict, ground)
                lines[code] = _joined(lines[code], new) if code in lines else new
    order = list(play_questions.TYPES if store == PLAY else app_store_privacy.CATEGORIES)
    ordered = sorted(lines.values(), key=lambda line: order.index(line.code) if line.code in order else len(order))
    return Derived(store, tuple(ordered), tuple(left), tuple(bare))


def judge(flow: DataFlow, store: str) -> _Verdict:
    """Whether a flow collects and shares in the words of a store, and why."""
    first = flow.nodes[0] if flow.nodes else None
    if flow.on_device_only or not flow.leaves_device or first is None:
        return _Verdict(False, False, False, "It never leaves the device: not collected.")
    if flow.protection == DataFlow.Protection.E2EE:
        return _Verdict(False, False, False, "End-to-end encrypted, nobody on its way can read it: not collected.")
    begins = first.on_device and (flow.channel not in OUTSIDE_THE_APP or any(n.kind == "app" for n in flow.nodes))
    said = list(_collection(flow, store, begins, first.name))
    collected = begins and not (store == APPLE and flow.ephemeral)
    shared, reasons = _sharing(flow) if store == PLAY else (False, [])
    return _Verdict(collected, shared, collected and flow.ephemeral, " ".join([*said, *reasons]))


def _collection(flow: DataFlow, store: str, begins: bool, first: str) -> Iterator[str]:
    if not begins:
        yield (
            "It goes by another way than the app: not collected through it."
            if flow.nodes[0].on_device
            else f"It begins at {first} and leaves no device: nothing is collected by it."
        )
    elif flow.ephemeral and store == APPLE:
        yield "It is kept no longer than the request takes: Apple does not call that collected."
    elif flow.ephemeral:
        yield "It leaves the device, but stays in memory only: collected, ephemeral."
    else:
        yield "It leaves the device: collected."
    if begins and not flow.store_purposes:
        yield "Nobody has said for which purpose in the words of the stores: app functionality is assumed."


def _sharing(flow: DataFlow) -> tuple[bool, list[str]]:
    """Whether it reaches somebody who does not act for us, and what is said about each."""
    parties = {node.party.pk: node.party for node in flow.nodes if node.party and not node.on_device}
    shared, said = False, []
    for party in parties.values():
        role = str(party.get_role_display()).lower()
        if party.role in ACTING_FOR_US:
            said.append(f"{party.name} is a {role} acting for us: not shared.")
        elif flow.user_initiated:
            said.append(f"{party.name} receives it because the person asked for it: not shared.")
        else:
            shared = True
            said.append(f"{party.name} is a {role}, which acts for itself: shared.")
    return shared, said


def _types(category: str, store: str) -> tuple[str, ...]:
    known = store_categories().get(category)
    if known is None:
        return ()
    return known.play if store == PLAY else known.app_store


def _line(flow: DataFlow, category: str, code: str, store: str, verdict: _Verdict, ground: Ground) -> Line:
    known = store_categories()[category]
    purposes = frozenset(
        getattr(store_purposes()[one], "play" if store == PLAY else "app_store")
        for one in flow.store_purposes or ["app_functionality"]
        if one in store_purposes()
    )
    return Line(
        store,
        code,
        collected=verdict.collected,
        shared=verdict.shared,
        ephemeral=verdict.ephemeral,
        optional=flow.can_decline,
        linked=not flow.unlinked,
        tracked=flow.tracks,
        collected_for=purposes if verdict.collected else frozenset(),
        shared_for=purposes if verdict.shared else frozenset(),
        instead=known.play_or if store == PLAY else known.app_store_or,
        notes=(known.note,) if known.note else (),
        because=(ground,),
    )


def _joined(one: Line, two: Line) -> Line:
    """Two flows of one type: what holds for either, except what has to hold for all that collect it."""
    both = [line for line in (one, two) if line.collected]
    every: Callable[[str], bool] = lambda name: bool(both) and all(getattr(line, name) for line in both)  # noqa: E731
    return Line(
        one.store,
        one.code,
        collected=one.collected or two.collected,
        shared=one.shared or two.shared,
        ephemeral=every("ephemeral"),
        optional=every("optional"),
        linked=one.linked or two.linked,
        tracked=one.tracked or two.tracked,
        collected_for=one.collected_for | two.collected_for,
        shared_for=one.shared_for | two.shared_for,
        instead=tuple(dict.fromkeys((*one.instead, *two.instead))),
        notes=tuple(dict.fromkeys((*one.notes, *two.notes))),
        because=(*one.because, *two.because),
    )


def by_flow(grounds: Iterable[Ground]) -> list[tuple[str, str, str]]:
    """Grounds that say the same of one flow as one: flow, data, sentence."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for ground in grounds:
        if ground.data not in found[ground.flow, ground.text]:
            found[ground.flow, ground.text].append(ground.data)
    return [(flow, ", ".join(filter(None, data)), text) for (flow, text), data in found.items()]
