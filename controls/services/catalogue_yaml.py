"""YAML for catalogue files, read without surprises.

Every scalar stays text (4.10 is not 4.1), aliases, anchors and tags are refused, sizes are capped, and each mapping
remembers its line, so that a message can name it.
"""

from typing import Any

import yaml

MAX_BYTES = 1024 * 1024
MAX_NODES = 200_000
MAX_DEPTH = 12
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlRefused(ValueError):
    """The text is no YAML we read; the message says where and why."""


class Row(dict[str, Any]):
    """A YAML mapping with the line it starts on."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


class _Builder:
    """Puts parse events together; refuses what a catalogue never needs."""

    def __init__(self) -> None:
        self.root: Any = None
        self.documents = self.nodes = 0
        self._stack: list[tuple[Any, list[str]]] = []

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.DocumentStartEvent):
            self._count_document(line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._stack.pop()
        elif isinstance(event, yaml.AliasEvent):
            raise YamlRefused(f"line {line}: aliases (*name) are not allowed; write the value out")
        elif isinstance(event, yaml.NodeEvent):
            self._take_node(event, line)

    def _count_document(self, line: int) -> None:
        self.documents += 1
        if self.documents > 1:
            raise YamlRefused(f"line {line}: one document per file")

    def _take_node(self, event: yaml.NodeEvent, line: int) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise YamlRefused(f"line {line}: more than {MAX_NODES:,} values")
        if event.anchor is not None:
            raise YamlRefused(f"line {line}: anchors (&name) are not allowed; write the value out")
        if (tag := getattr(event, "tag", None)) not in (None, "!"):
            raise YamlRefused(f"line {line}: tags ({tag}) are not allowed")
        if isinstance(event, yaml.ScalarEvent):
            self._place(event.value, line)
            return
        if len(self._stack) >= MAX_DEPTH:
            raise YamlRefused(f"line {line}: nested deeper than {MAX_DEPTH} levels")
        value: Any = Row(line) if isinstance(event, yaml.MappingStartEvent) else []
        self._place(value, line)
        self._stack.append((value, []))

    def _place(self, value: Any, line: int) -> None:
        if not self._stack:
            self.root = value
            return
        holder, pending = self._stack[-1]
        if isinstance(holder, list):
            holder.append(value)
        elif pending:
            holder[pending.pop()] = value
        elif not isinstance(value, str):
            raise YamlRefused(f"line {line}: a field name must be text")
        elif value in holder:
            raise YamlRefused(f"line {line}: the field {value!r} stands twice")
        else:
            pending.append(value)


def read_yaml(content: bytes) -> Row:
    """The one mapping the bytes hold; raise YamlRefused otherwise."""
    if len(content) > MAX_BYTES:
        raise YamlRefused(f"{len(content):,} bytes; a catalogue file may have {MAX_BYTES:,}")
    builder = _Builder()
    try:
        for event in yaml.parse(content.decode("utf-8"), Loader=_LOADER):
            builder.take(event)
    except UnicodeDecodeError as error:
        raise YamlRefused("not UTF-8 text") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise YamlRefused(f"line {line}: {error.problem or error.context or 'not YAML'}") from error
    except yaml.YAMLError as error:
        raise YamlRefused(f"not YAML: {error}".splitlines()[0]) from error
    if not isinstance(builder.root, Row):
        raise YamlRefused("the file must be a mapping of fields")
    return builder.root
