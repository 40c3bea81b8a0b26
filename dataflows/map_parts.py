"""What a flow map is drawn from (places and legs), and what the drawing is made of. Lengths are whole user units."""

from dataclasses import dataclass, field
from typing import NamedTuple


class Place(NamedTuple):
    """A box on the map; `outside` the EEA (then in a `country`), `note` its second line, `faint` when out of focus."""

    key: str
    name: str
    kind: str
    note: str = ""
    outside: bool = False
    url: str = ""
    faint: bool = False
    focus: bool = False
    country: str = ""


class Leg(NamedTuple):
    """One step of a flow from place to place. `marks` are two-word problems, `notes` say what keeps the data close
    ("on the device only"), `tone` is plain, bad or proposed.
    """

    start: str
    end: str
    reference: str
    text: str
    data: str = ""
    special: bool = False
    marks: tuple[str, ...] = ()
    tone: str = "plain"
    both: bool = False
    url: str = ""
    faint: bool = False
    notes: tuple[str, ...] = ()


class Ref(NamedTuple):
    """A reference in a label: the full one, and the part that is written."""

    full: str
    shown: str
    url: str


class LabelLine(NamedTuple):
    """A line of a label: references (a diamond before those with special categories), or words of warning."""

    x: int
    y: int
    refs: tuple[Ref, ...] = ()
    special: bool = False
    words: str = ""
    warns: bool = False


class Drawn(NamedTuple):
    """A place as drawn."""

    place: Place
    x: int
    y: int
    width: int
    height: int
    lines: tuple[tuple[int, str], ...]
    note_lines: tuple[tuple[int, str], ...]
    middle: int


class Line(NamedTuple):
    """A line as drawn, with its arrow heads and label."""

    tone: str
    faint: bool
    path: str
    heads: tuple[str, ...]
    label: tuple[LabelLine, ...]
    title: str
    ends: tuple[str, str] = ("", "")
    flows: tuple[str, ...] = ()


class Head(NamedTuple):
    """The name of a column."""

    x: int
    text: str


class Frame(NamedTuple):
    """The border of a country outside the EEA, around those of its places that stand together."""

    x: int
    y: int
    width: int
    height: int
    name: str


@dataclass(frozen=True)
class FlowMap:
    """The drawing; `trust_x` and `border_y` are None when there is nothing beyond."""

    id: str
    title: str
    description: str
    width: int
    height: int
    places: list[Drawn]
    lines: list[Line]
    heads: list[Head]
    trust_x: int | None
    border_y: int | None
    linked: bool
    frames: list[Frame] = field(default_factory=list)
