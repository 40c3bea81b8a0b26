"""Values of property lists in words."""

import json

from compliance.artefacts.formats.json_file import Node, clean


def word(node: Node) -> str:
    """A plain value as it is compared: true and false, numbers and texts written out; others as JSON."""
    if isinstance(node.value, bool):
        return "true" if node.value else "false"
    return flat(node)[:500] if node.is_object() or node.is_list() else node.text(500)


def flat(node: Node) -> str:
    """Any value in one line."""
    if isinstance(node.value, dict | list):
        return clean(json.dumps(node.value, sort_keys=True, ensure_ascii=False, default=str))
    return word(node)


def listed(node: Node) -> list[Node]:
    """The entries of a list; a single value stands for a list of one."""
    return node.items() if node.is_list() or not node else [node]


def place(file: str, node: Node) -> str:
    return f"{file}: {node.path}" if node.path else file


def truth(node: Node) -> str:
    """`true` or `false` for what is meant as a switch; refuses anything else."""
    value = node.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.strip().lower() in {"true", "false", "yes", "no"}:
        return "true" if value.strip().lower() in {"true", "yes"} else "false"
    if value not in (0, 1):
        node.refuse("true or false is expected here")
    return "true" if value else "false"
