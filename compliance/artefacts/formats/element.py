"""A bounded tree of elements with lines: what text, binary and protobuf XML of Android are all read into."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from compliance.artefacts.formats.json_file import Unreadable, clean

ANDROID = "http://schemas.android.com/apk/res/android"
TOOLS = "http://schemas.android.com/tools"
MAX_ELEMENTS = 20_000
MAX_ATTRIBUTES = 200
MAX_DEPTH = 60
MAX_TEXT = 2000


@dataclass
class Element:
    """An element; Android's attributes are named `android:…`; of those for build tools only `tools:node` is kept."""

    name: str
    line: int = 0
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element"] = field(default_factory=list)
    text: str = ""
    file: str = ""

    def get(self, name: str) -> str:
        """An attribute of Android, empty when it is missing."""
        return self.attributes.get(f"android:{name}", "")

    def plain(self, name: str) -> str:
        """An attribute without namespace; some write it with Android's."""
        return self.attributes.get(name, "") or self.get(name)

    def all(self, *names: str) -> Iterator["Element"]:
        """Children of these names, in order."""
        return (one for one in self.children if one.name in names)

    @property
    def where(self) -> str:
        return f"{self.file or 'the file'}:{self.line}" if self.line else (self.file or "the file")

    def refuse(self, why: str) -> NoReturn:
        raise Unreadable(f"{self.where}, <{self.name[:60]}>: {why}.")


class Growing:
    """A tree being built from starts and ends; refuses what is too large or does not close."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0

    def start(self, name: str, attributes: dict[str, str], line: int) -> None:
        self.count += 1
        place = f"{self.file}:{line}" if line else self.file
        if self.count > MAX_ELEMENTS:
            raise Unreadable(f"{place}: it holds more than {MAX_ELEMENTS:,} elements.")
        if len(self.open) >= MAX_DEPTH:
            raise Unreadable(f"{place}: it is nested deeper than {MAX_DEPTH} levels.")
        if len(attributes) > MAX_ATTRIBUTES:
            raise Unreadable(f"{place}: an element has more than {MAX_ATTRIBUTES} attributes.")
        one = Element(clean(name)[:200], line, {k: clean(v)[:MAX_TEXT] for k, v in attributes.items()}, file=self.file)
        if self.open:
            self.open[-1].children.append(one)
        elif self.root is not None:
            raise Unreadable(f"{place}: it holds two documents.")
        else:
            self.root = one
        self.open.append(one)

    def end(self) -> None:
        if not self.open:
            raise Unreadable(f"{self.file}: an element ends that never began.")
        self.open.pop()

    def said(self, text: str) -> None:
        if self.open and len(self.open[-1].text) < MAX_TEXT:
            self.open[-1].text += text[:MAX_TEXT]

    def done(self) -> Element:
        if self.root is None or self.open:
            raise Unreadable(f"{self.file}: it ends in the middle{self._of()}.")
        return self.root

    def _of(self) -> str:
        return f" of <{self.open[-1].name[:60]}>" if self.open else ""


def attribute_name(namespace: str, name: str) -> str:
    """`android:name`, the bare name without namespace, or empty for those that are no part of the app."""
    if not namespace:
        return name
    if namespace == TOOLS:
        return f"tools:{name}" if name == "node" else ""
    return f"android:{name}" if namespace == ANDROID else ""
